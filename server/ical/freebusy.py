"""Which time a calendar object takes up, and free/busy as RFC 5545 §3.6.4 and RFC 5546 §3.3.1 write it.

Never raises for stored text: what cannot be read is busy, never free.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum

from server.domain.intervals import Span, clip, merge, subtract
from server.ical.occurrences import is_opaque, occurrences
from server.ical.scan import BadCalendar, Component, fold, scan
from server.ical.values import written_utc


class Busy(Enum):
    """How firmly time is taken, as FBTYPE says it; of two that overlap the one that stands first is told (RFC 7953 §4)."""

    BUSY = "BUSY"
    UNAVAILABLE = "BUSY-UNAVAILABLE"
    TENTATIVE = "BUSY-TENTATIVE"


@dataclass(frozen=True, slots=True)
class BusySpan:
    """Time that is taken, epoch seconds, half-open."""

    start: int
    end: int
    kind: Busy = Busy.BUSY


def busy_spans(calendar: Component, after: int, before: int, default_zone: tzinfo) -> list[BusySpan]:
    """Return the time in [after, before) that the object takes up, sorted by start; spans may overlap.

    Transparent, cancelled and zero-length occurrences take none; what was not understood is BUSY.
    """
    expansion = occurrences(calendar, after, before, default_zone)
    kinds = {id(each): _kind(each) for each in calendar.components}
    spans = [BusySpan(start, end) for start, end in expansion.complex]
    for one in expansion.occurrences:
        kind = kinds[id(one.component)]
        if kind is not None and one.start < one.end:
            spans.append(BusySpan(max(one.start, after), min(one.end, before), kind))
    return sorted(spans, key=lambda span: (span.start, span.end))


def busy_of_text(text: str, after: int, before: int, default_zone: tzinfo) -> list[Span]:
    """Return the merged spans of [after, before) that a stored object takes up, tentative ones too."""
    try:
        calendar = scan(text)
    except BadCalendar:
        return [(after, before)] if after < before else []
    return merge((span.start, span.end) for span in busy_spans(calendar, after, before, default_zone))


def vfreebusy(
    spans: Iterable[BusySpan],
    window: Span,
    *,
    uid: str,
    organizer: str,
    dtstamp: datetime,
    prodid: str,
    url: str | None = None,
) -> str:
    """Return one published VFREEBUSY of the window, RFC 5546 §3.3.1: merged, in UTC; the firmer kind hides the other.

    `organizer` is a calendar user address such as mailto:…; `dtstamp` is aware.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{prodid}",
        "METHOD:PUBLISH",
        "BEGIN:VFREEBUSY",
        f"UID:{uid}",
        f"DTSTAMP:{written_utc(dtstamp.astimezone(UTC))}",
        f"ORGANIZER:{organizer}",
        f"DTSTART:{_written(window[0])}",
        f"DTEND:{_written(window[1])}",
        *([f"URL:{url}"] if url else []),
        *_freebusy_lines(spans, window),
        "END:VFREEBUSY",
        "END:VCALENDAR",
    ]
    return _text(lines)


def free_busy_answer(spans: Iterable[BusySpan], window: Span, *, dtstamp: datetime, prodid: str) -> str:
    """Return the VFREEBUSY that answers a free-busy-query, RFC 4791 §7.10: nobody publishes it, so it has no METHOD."""
    return _text(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:{prodid}",
            "BEGIN:VFREEBUSY",
            f"DTSTAMP:{written_utc(dtstamp.astimezone(UTC))}",
            f"DTSTART:{_written(window[0])}",
            f"DTEND:{_written(window[1])}",
            *_freebusy_lines(spans, window),
            "END:VFREEBUSY",
            "END:VCALENDAR",
        ]
    )


def _text(lines: list[str]) -> str:
    if any("\n" in line or "\r" in line for line in lines):
        raise ValueError("a value with a line break")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def is_tentative(component: Component) -> bool:
    """Tell whether a component takes up its owner's time, if it does, only perhaps."""
    status = component.first("STATUS")
    return status is not None and status.value.strip().upper() == "TENTATIVE"


def _kind(component: Component) -> Busy | None:
    if not is_opaque(component):
        return None
    return Busy.TENTATIVE if is_tentative(component) else Busy.BUSY


def _freebusy_lines(spans: Iterable[BusySpan], window: Span) -> list[str]:
    by_kind: dict[Busy, list[Span]] = {kind: [] for kind in Busy}
    for span in spans:
        by_kind[span.kind].append((span.start, span.end))
    rows: list[tuple[Span, Busy]] = []
    for kind, taken in by_kind.items():
        told = merge(span for span, _ in rows)
        rows += [(span, kind) for span in subtract(clip(merge(taken), window), told)]
    return [
        f"FREEBUSY;FBTYPE={kind.value}:{_written(start)}/{_written(end)}"
        for (start, end), kind in sorted(rows, key=lambda row: row[0])
    ]


def _written(at: int) -> str:
    return written_utc(datetime.fromtimestamp(at, UTC))
