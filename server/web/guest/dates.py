"""All dates of a series before it is booked: which can be had, why others cannot, and which the guest wants."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.series import COUNT_MIN, Recurrence
from server.domain.slots import Refusal
from server.i18n.repetition import rhythm
from server.i18n.translator import Translator
from server.web.guest.form.given import Pairs
from server.web.guest.form.page import Asking
from server.web.guest.particulars import Particulars
from server.web.guest.picker.days import local_date
from server.web.keys import pages_of
from server.web.reading import wording
from server.web.reading.zones import place

SEEN, KEEP, CHANGE = "seen", "keep", "change"
_OWN = frozenset({SEEN, KEEP, CHANGE})

Planned = Sequence[tuple[datetime, Refusal | None]]
"""The starts of a series, each with why it cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """One date: `why` it cannot be had, "" when it can; of the first there is no choice."""

    value: str
    day: str
    time: str
    why: str
    is_kept: bool
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesPage:
    """The question which dates to book; `hidden` is what the form said, `taken` how many cannot be had."""

    offer: Particulars
    rhythm: str
    zone: str
    dates: tuple[DateLine, ...]
    taken: int
    hidden: tuple[tuple[str, str], ...]
    action: str
    back: str
    fault: str


def skipped(planned: Planned, sent: Pairs) -> frozenset[datetime] | None:
    """Return which dates the guest goes without, None when they have yet to see them, or want one that cannot be had."""
    pairs = list(sent)
    if SEEN not in dict(pairs):
        return None
    kept = _kept(planned, pairs)
    if any(refusal is not None and start in kept for start, refusal in planned) or len(kept) < COUNT_MIN:
        return None
    return frozenset(start for start, _ in planned if start not in kept)


def respond(request: web.Request, asking: Asking, rule: Recurrence, planned: Planned, sent: Pairs) -> web.Response:
    """Answer with the dates, and with what is wrong where the guest has seen them before."""
    pairs = list(sent)
    was_seen = SEEN in dict(pairs)
    kept = _kept(planned, pairs) if was_seen else {start for start, refusal in planned if refusal is None}
    fault = _fault(planned, kept, asking.reader) if was_seen else ""
    day = local_date(asking.start_s, ZoneInfo(asking.choice.zone))
    page = DatesPage(
        offer=asking.offered.described(asking.ports, asking.reader),
        rhythm=rhythm(rule, asking.reader),
        zone=place(asking.choice.zone, asking.reader.locale),
        dates=tuple(_line(asking, planned, at, kept) for at in range(len(planned))),
        taken=sum(refusal is not None for _, refusal in planned),
        hidden=tuple((name, value) for name, value in pairs if name not in _OWN),
        action=asking.path,
        back=asking.offered.path + asking.choice.on(day).query(),
        fault=fault,
    )
    return pages_of(request).respond(request, "guest/dates.html", page, status=422 if fault else 200)


def _kept(planned: Planned, sent: Sequence[tuple[str, str]]) -> set[datetime]:
    """Return the dates that are wanted: the first, without which there is no series, and what was chosen of the others."""
    chosen = {wording.parse_instant(value) for name, value in sent if name == KEEP}
    return {start for at, (start, _) in enumerate(planned) if at == 0 or start in chosen}


def _fault(planned: Planned, kept: Collection[datetime], reader: Translator) -> str:
    if any(refusal is not None and start in kept for start, refusal in planned):
        return reader.text("Some of these dates are no longer free. Please check them once more.")
    if len(kept) < COUNT_MIN:
        return reader.text("Please choose two dates at least, or change the repetition.")
    return ""


def _line(asking: Asking, planned: Planned, at: int, kept: Collection[datetime]) -> DateLine:
    start, refusal = planned[at]
    when = asking.when(start)
    return DateLine(
        value=wording.instant(int(start.timestamp())),
        day=when.day,
        time=when.time,
        why="" if refusal is None else why(refusal, asking.reader),
        is_kept=start in kept and refusal is None,
        is_first=at == 0,
    )


def why(refusal: Refusal, reader: Translator) -> str:
    """Return in words why a date cannot be had."""
    words = {
        Refusal.TOO_SOON: reader.text("too soon"),
        Refusal.TOO_FAR: reader.text("too far ahead"),
        Refusal.OUTSIDE_HOURS: reader.text("outside the hours that can be booked"),
        Refusal.OFF_GRID: reader.text("outside the hours that can be booked"),
        Refusal.CAPPED: reader.text("fully booked"),
        Refusal.BUSY: reader.text("not free"),
        Refusal.NOT_FIRST: reader.text("not free"),
    }
    return words[refusal]
