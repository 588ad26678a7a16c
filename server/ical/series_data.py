"""What a series is beyond its RRULE, for X-DAYBOOK-SERIES: what was skipped, moved and cancelled, and by whom."""

from datetime import UTC, date, datetime
from typing import Annotated

import msgspec

from server.domain.series import (
    OCCURRENCES_MAX,
    Deviation,
    Frequency,
    Recurrence,
    Series,
)

REASON_CHARS_MAX = 80
"""How much is kept of why one occurrence was moved or cancelled: DAVx5 keeps no unknown property longer than 25 kB."""

_Epoch = Annotated[int, msgspec.Meta(ge=0, le=2**37)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
_Epochs = Annotated[tuple[_Epoch, ...], msgspec.Meta(max_length=OCCURRENCES_MAX)]


class DeviationFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One occurrence that left its rule."""

    of: _Epoch
    at: tuple[_Epoch, _Epoch] | None = None
    guest: bool = False
    reason: str = ""


class SeriesFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """A series as JSON; instants are epoch seconds."""

    frequency: Frequency
    interval: _Count = 1
    count: _Count | None = None
    until: date | None = None
    skipped: _Epochs = ()
    exceptions: Annotated[tuple[DeviationFacts, ...], msgspec.Meta(max_length=OCCURRENCES_MAX)] = ()
    concerns: _Epoch | None = None
    guest: bool = False


def facts_of(series: Series) -> SeriesFacts:
    """Return what is written of a series; what a calendar lists instead stands in the calendar."""
    rule = series.recurrence
    return SeriesFacts(
        frequency=rule.frequency,
        interval=rule.interval,
        count=rule.count,
        until=rule.until,
        skipped=tuple(map(_epoch, series.skipped)),
        exceptions=tuple(map(_deviation_facts, series.exceptions)),
        concerns=None if series.concerns is None else _epoch(series.concerns),
        guest=series.by_guest,
    )


def series_of(facts: SeriesFacts) -> Series:
    """Return the series that was written."""
    rule = Recurrence(
        frequency=facts.frequency, interval=facts.interval, count=facts.count, until=facts.until
    )
    return Series(
        recurrence=rule,
        skipped=tuple(map(_instant, facts.skipped)),
        exceptions=tuple(map(_deviation, facts.exceptions)),
        concerns=None if facts.concerns is None else _instant(facts.concerns),
        by_guest=facts.guest,
    )


def _deviation_facts(one: Deviation) -> DeviationFacts:
    at = None if one.start is None or one.end is None else (_epoch(one.start), _epoch(one.end))
    return DeviationFacts(_epoch(one.original), at, one.by_guest, one.reason[:REASON_CHARS_MAX])


def _deviation(facts: DeviationFacts) -> Deviation:
    start, end = (None, None) if facts.at is None else map(_instant, facts.at)
    return Deviation(
        original=_instant(facts.of), start=start, end=end, by_guest=facts.guest, reason=facts.reason
    )


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
