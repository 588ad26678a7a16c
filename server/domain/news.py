"""What has become of the meetings of a series since its people last heard of it."""

from dataclasses import dataclass

from server.domain.booking import Booking
from server.domain.series import Occurrence


@dataclass(frozen=True, slots=True)
class Difference:
    """A meeting as its people know it, and as it is; None where there is none. Not both are."""

    before: Occurrence | None
    after: Occurrence | None

    @property
    def either(self) -> Occurrence:
        """Return what it is known by."""
        found = self.after or self.before
        assert found is not None
        return found


def differences(before: Booking, after: Booking) -> tuple[Difference, ...]:
    """Return which meetings were moved, taken out or added between two revisions of a booking, by original start."""
    known = {one.original: one for one in before.meetings}
    present = {one.original: one for one in after.meetings}
    pairs = (Difference(known.get(at), present.get(at)) for at in sorted(known.keys() | present.keys()))
    return tuple(one for one in pairs if not _same(one))


def only_one(before: Booking, after: Booking) -> Occurrence | None:
    """Return the one occurrence in which two revisions of a series differ; None for another difference, or none.

    Only then can its people be told of that occurrence alone: its calendar object says nothing of the others, nor of the rule.
    """
    if before.series is None or after.series is None or _rule(before) != _rule(after):
        return None
    found = differences(before, after)
    if len(found) != 1:
        return None
    original = found[0].either.original
    return next((one for one in after.occurrences if one.original == original), None)


def _rule(booking: Booking) -> object:
    series = booking.series
    assert series is not None
    listed = None if series.listed is None else tuple(one.original for one in series.listed)
    return booking.start, booking.zone, series.recurrence, listed


def _same(one: Difference) -> bool:
    return one.before is not None and one.after is not None and one.before.span == one.after.span
