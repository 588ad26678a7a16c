"""What a use case asks of a ledger to bring a booking from one state to the next."""

from dataclasses import replace

from server.domain.booking import Action, Booking, Status
from server.domain.identity import Home
from server.ports import BookingRecord, Ledger
from tests.builders import booking, claim, event_type, intent, span

ALICE = Home("alice")
ALL_DAY = span("00:00-24:00")
REVIEW = event_type("review", number=3, minutes=60, buffers=(10, 15))


async def book(ledger: Ledger, wanted: Booking, *, key: str | None = None) -> Booking:
    begun = intent(wanted, key=key)
    await ledger.begin(begun, [claim(wanted)])
    await ledger.settle(begun)
    return wanted


async def move(ledger: Ledger, before: Booking, wanted: str) -> Booking:
    after = moved(before, wanted)
    begun = intent(after, Action.RESCHEDULE)
    await ledger.begin(begun, [claim(after)])
    await ledger.settle(begun)
    return after


async def cancel(ledger: Ledger, before: Booking) -> Booking:
    after = cancelled(before)
    begun = intent(after, Action.CANCEL)
    await ledger.begin(begun, [])
    await ledger.settle(begun)
    return after


async def seen(ledger: Ledger, one: Booking) -> BookingRecord:
    """Return what the ledger knows of a booking now."""
    record = await ledger.booking(one.id)
    assert record is not None
    return record


def moved(before: Booking, wanted: str) -> Booking:
    other = booking(wanted)
    return replace(
        before, start=other.start, end=other.end, revision=before.revision + 1, sequence=before.sequence + 1
    )


def cancelled(before: Booking) -> Booking:
    return replace(before, status=Status.CANCELLED, revision=before.revision + 1)
