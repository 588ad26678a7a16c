"""What every ledger promises of bookings that wait for their video room."""

from server.ports import HOST_RECIPIENT, Ledger, MailKind, MailState, RoomWait
from tests.builders import NOW, booking, booking_id
from tests.contracts.ledger_steps import book

AT = int(NOW.timestamp())
ONE, OTHER = booking_id(1), booking_id(2)


async def test_a_room_is_due_when_its_time_has_come_the_longest_due_first(ledger: Ledger) -> None:
    await ledger.wait_for_room(ONE, AT + 60)
    await ledger.wait_for_room(OTHER, AT)
    assert list(await ledger.due_rooms(AT, 9)) == [RoomWait(OTHER, 0)]
    assert [wait.booking for wait in await ledger.due_rooms(AT + 60, 9)] == [OTHER, ONE]
    assert [wait.booking for wait in await ledger.due_rooms(AT + 60, 1)] == [OTHER]


async def test_asking_in_vain_is_counted_and_waiting_for_the_host_is_not(ledger: Ledger) -> None:
    await ledger.wait_for_room(ONE, AT)
    await ledger.postpone_room(ONE, AT + 60)
    await ledger.postpone_room(ONE, AT + 120, counts=False)
    assert list(await ledger.due_rooms(AT + 119, 9)) == []
    assert list(await ledger.due_rooms(AT + 120, 9)) == [RoomWait(ONE, 1)]
    await ledger.wait_for_room(ONE, AT)
    assert list(await ledger.due_rooms(AT, 9)) == [RoomWait(ONE, 0)]


async def test_who_stops_waiting_is_not_due_any_more(ledger: Ledger) -> None:
    await ledger.wait_for_room(ONE, AT)
    await ledger.stop_waiting(ONE)
    await ledger.stop_waiting(OTHER)
    await ledger.postpone_room(OTHER, AT)
    assert list(await ledger.due_rooms(AT, 9)) == []


async def test_giving_up_tells_the_host_once(ledger: Ledger) -> None:
    made = await book(ledger, booking())
    await ledger.wait_for_room(made.id, AT)
    for _ in range(2):
        await ledger.give_up_room(made.id, AT + 5, made.span[1])
    (mail,) = [mail for mail in await ledger.mails() if mail.kind is MailKind.ROOM_MISSING]
    assert (mail.booking, mail.revision, mail.recipient) == (made.id, 0, HOST_RECIPIENT)
    assert (mail.state, mail.due_at, mail.expires_at) == (MailState.QUEUED, AT + 5, made.span[1])
    assert list(await ledger.due_rooms(AT + 5, 9)) == []


async def test_nobody_is_told_of_a_booking_that_was_never_made(ledger: Ledger) -> None:
    await ledger.wait_for_room(ONE, AT)
    await ledger.give_up_room(ONE, AT, AT + 60)
    assert list(await ledger.mails()) == []
    assert list(await ledger.due_rooms(AT, 9)) == []
