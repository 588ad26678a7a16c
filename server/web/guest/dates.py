"""All dates of a series before it is booked: which can be had, why others cannot, and which the guest wants."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.booking import Actor
from server.domain.series import Recurrence, originals
from server.domain.slots import Refusal
from server.i18n.repetition import rhythm
from server.i18n.translator import Translator
from server.usecases.booking import occurrences
from server.usecases.booking.occurrences import Foreseen
from server.web.guest.form.given import Pairs
from server.web.guest.form.page import Asking
from server.web.guest.particulars import Particulars
from server.web.guest.picker.days import local_date
from server.web.keys import pages_of
from server.web.reading import wording
from server.web.reading.zones import place

SEEN, KEEP, CHANGE = "seen", "keep", "change"
_OWN = frozenset({SEEN, KEEP, CHANGE})

Planned = Sequence[Foreseen]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """One date: `why` it cannot be had, "" when it can; then `near` are the nearest free times."""

    value: str
    day: str
    time: str
    why: str
    near: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesPage:
    """The question which dates to book; `hidden` is what the form said, `taken` how many cannot be had."""

    offer: Particulars
    rhythm: str
    zone: str
    dates: tuple[DateLine, ...]
    taken: int
    free: int
    hidden: tuple[tuple[str, str], ...]
    action: str
    back: str
    fault: str


def foreseen(asking: Asking, rule: Recurrence) -> Planned:
    """Return each date of the series with why it cannot be had; raises Invalid."""
    return occurrences.foresee(
        asking.ports, asking.host, asking.event_type, asking.start, rule, asking.now, Actor.GUEST
    )


def skipped(asking: Asking, rule: Recurrence, sent: Pairs) -> frozenset[datetime] | None:
    """Return which dates the guest goes without, None when they have yet to see them, or want none of them."""
    pairs = list(sent)
    kept = _chosen(pairs)
    starts = originals(rule, asking.start, asking.event_type.zone_name(asking.host))
    if SEEN not in dict(pairs) or not any(int(one.timestamp()) in kept for one in starts):
        return None
    return frozenset(one for one in starts if int(one.timestamp()) not in kept)


def respond(
    request: web.Request, asking: Asking, rule: Recurrence, planned: Planned, sent: Pairs
) -> web.Response:
    """Answer with the dates, and with what is wrong where the guest has seen them before."""
    pairs = list(sent)
    was_seen = SEEN in dict(pairs)
    kept = _chosen(pairs) if was_seen else {one.start for one in planned}
    fault = _fault(planned, kept, asking.reader) if was_seen else ""
    day = local_date(asking.start_s, ZoneInfo(asking.choice.zone))
    taken = sum(one.reason is not None for one in planned)
    page = DatesPage(
        offer=asking.offered.described(asking.ports, asking.reader),
        rhythm=rhythm(rule, asking.reader),
        zone=place(asking.choice.zone, asking.reader.locale),
        dates=tuple(_line(asking, one, kept) for one in planned),
        taken=taken,
        free=len(planned) - taken,
        hidden=tuple((name, value) for name, value in pairs if name not in _OWN),
        action=asking.path,
        back=asking.offered.path + asking.choice.on(day).query(),
        fault=fault,
    )
    return pages_of(request).respond(request, "guest/dates.html", page, status=422 if fault else 200)


def _chosen(sent: Pairs) -> set[int]:
    """Return the dates that the guest wants, in epoch seconds."""
    chosen = (wording.parse_instant(value) for name, value in sent if name == KEEP)
    return {int(one.timestamp()) for one in chosen if one is not None}


def _instant(one: Foreseen) -> datetime:
    return datetime.fromtimestamp(one.start, UTC)


def _fault(planned: Planned, kept: Collection[int], reader: Translator) -> str:
    if any(one.start in kept for one in planned):
        return reader.text("Some of these dates are no longer free. Please check them once more.")
    return reader.text("Please choose at least one date, or change the repetition.")


def _line(asking: Asking, one: Foreseen, kept: Collection[int]) -> DateLine:
    when = asking.when(_instant(one))
    return DateLine(
        value=wording.instant(one.start),
        day=when.day,
        time=when.time,
        why=why(one, asking.reader),
        near=_near(asking, one),
        is_kept=one.start in kept,
    )


def _near(asking: Asking, one: Foreseen) -> str:
    """Return the free times near one that cannot be had: on its own day by the clock alone."""
    day = asking.when(_instant(one)).day
    times = (asking.when(datetime.fromtimestamp(at, UTC)) for at in one.nearest)
    return "; ".join(when.time if when.day == day else f"{when.day}, {when.time}" for when in times)


def why(one: Foreseen, reader: Translator) -> str:
    """Return in words why a date cannot be had, "" for one that can."""
    if one.reason is None:
        return ""
    if one.is_away:
        return reader.text("away on this day")
    closed = reader.text("outside the hours that can be booked")
    words = {
        Refusal.TOO_SOON: reader.text("too soon"),
        Refusal.TOO_FAR: reader.text("too far ahead"),
        Refusal.OUTSIDE_HOURS: closed,
        Refusal.OFF_GRID: closed,
        Refusal.CAPPED: reader.text("fully booked"),
    }
    return words.get(one.reason, reader.text("not free"))
