"""Series in commands: how they are asked for, and what is answered of their meetings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from server.control.texts import Texts, a_date
from server.domain.booking import Actor, Booking
from server.domain.errors import Invalid, MeetingsUnavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.series import Frequency, Occurrence, Recurrence, originals
from server.domain.series_moves import on_day
from server.domain.zones import zone_of
from server.ports import Ports
from server.usecases.booking import occurrences
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.look import Looked


class Repeat(msgspec.Struct, kw_only=True, frozen=True):
    """How a meeting shall repeat: each `interval`-th week, month or year, `count` times or until a day."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str | None = None


class RepeatView(msgspec.Struct, kw_only=True):
    """How a series repeats; where the host's calendar program has changed that, it is what once was booked."""

    frequency: str
    interval: int
    count: int | None
    until: str | None


class OccurrenceView(msgspec.Struct, kw_only=True):
    """One meeting of a series: the `date` that names it, when it is, and its status (S3.31).

    `original` is the start that the series gives it, from which a moved one differs.
    """

    date: str
    status: str
    start: str
    end: str
    original: str
    reason: str

    @classmethod
    def of(cls, occurrence: Occurrence, zone: str) -> "OccurrenceView":
        """Return the view of an occurrence of a booking in that zone."""
        return cls(
            date=occurrence.day(zone).isoformat(),
            status=occurrence.status.value,
            start=_text(occurrence.start),
            end=_text(occurrence.end),
            original=_text(occurrence.original),
            reason=occurrence.reason,
        )


def occurrences_of(booking: Booking) -> list[OccurrenceView]:
    """Return the meetings of a series, none for what is none."""
    if booking.series is None:
        return []
    return [OccurrenceView.of(one, booking.zone) for one in booking.occurrences]


def repeat_of(booking: Booking) -> RepeatView | None:
    """Return how a series repeats."""
    if booking.series is None:
        return None
    rule = booking.series.recurrence
    return RepeatView(
        frequency=rule.frequency.value,
        interval=rule.interval,
        count=rule.count,
        until=None if rule.until is None else rule.until.isoformat(),
    )


def recurrence(asked: Repeat | None) -> Recurrence | None:
    """Return the rule that was asked for; raises Invalid for what is none."""
    if asked is None:
        return None
    frequency = asked.frequency.strip().lower()
    if frequency not in set(Frequency):
        wanted = ", ".join(Frequency)
        raise Invalid(
            "A meeting cannot repeat like this.", {"recurring.frequency": f"must be one of: {wanted}"}
        )
    return Recurrence(
        frequency=Frequency(frequency),
        interval=asked.interval,
        count=asked.count,
        until=None if asked.until is None else _day("recurring.until", asked.until),
    )


def skipped(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: datetime,
    rule: Recurrence,
    now: datetime,
    skip: Sequence[str],
    *,
    skip_conflicts: bool,
    anyway: bool,
) -> frozenset[datetime]:
    """Return which starts of a new series are left out: those on the named days, and those that cannot be had if so asked.

    Raises Invalid for a day without a meeting, and MeetingsUnavailable where others cannot be had.
    """
    zone = event_type.zone_name(host)
    found = originals(rule, start, zone)
    by_day = {one.astimezone(zone_of(zone)).date(): one for one in found}
    days = [_day("skip", text) for text in skip]
    missing = [day.isoformat() for day in days if day not in by_day]
    if missing:
        raise Invalid("The series has no such date.", {"skip": f"has no meeting on {', '.join(missing)}"})
    left_out = frozenset(by_day[day] for day in days)
    kept = [int(one.timestamp()) for one in found if one not in left_out]
    # Hosts are asked before they take what guests are not offered (C36), so the guests' rules come first.
    actor = Actor.HOST if anyway else Actor.GUEST
    reasons = occurrences.refusals(ports, host, event_type, kept, now, actor)
    conflicts = tuple((at, reason) for at, reason in reasons.items() if reason is not None)
    if conflicts and not skip_conflicts:
        raise MeetingsUnavailable(occurrences.NOT_ALL, conflicts[0][1], (), conflicts)
    return left_out | {datetime.fromtimestamp(at, UTC) for at, _ in conflicts}


def occurrence_on(booking: Booking, text: str) -> Occurrence:
    """Return the meeting of a series that a day names, wherever it is by now (C41); raises NotFound, Conflict or Invalid."""
    return on_day(booking, _day("occurrence", text))


async def cancel_some(
    ports: Ports, looked: Looked, occurrence: str | None, from_date: str | None, reason: str, *, notify: bool
) -> Booking:
    """Cancel one meeting of a series, or all from a day on, as its host."""
    now = ports.clock.now()
    if occurrence is not None and from_date is not None:
        raise Invalid(
            "It is either one meeting or all from a day on.", {"from": "cannot be said with an occurrence"}
        )
    if from_date is not None:
        day = _day("from", from_date)
        return await cancel_future(ports, looked, day, reason, Actor.HOST, now, notify=notify)
    original = occurrence_on(looked.booking, occurrence or "").original
    return await cancel_occurrence(ports, looked, original, reason, Actor.HOST, now, notify=notify)


def _day(name: str, text: str) -> date:
    texts = Texts()
    found = texts.read(name, a_date, text)
    texts.refuse()
    assert isinstance(found, date)
    return found


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
