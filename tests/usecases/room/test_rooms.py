"""A booking's own video room: from a template, from a webhook, late, or never."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes

import msgspec
import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.ledger import MemoryLedger
from server.adapters.memory.mailer import MemoryMailer
from server.adapters.memory.rooms import MemoryRooms
from server.domain.booking import Action, Actor, Booking
from server.domain.event_type import Location, LocationType
from server.domain.rooms import Room, secret
from server.domain.signatures import signed
from server.ical import vevent
from server.ports import MailKind, Ports
from server.resources import templates_dir
from server.usecases.booking import cancel, create, look, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.booking.rebuild import rebuild
from server.usecases.delivery.deliver import deliver, due
from server.usecases.room.again import ATTEMPTS_MAX, ask_again
from tests.builders import BERLIN, NOW, at, booking_id, calendar, event_type, host, settle_in
from tests.usecases.booking.foreign import write

ROOM = Location(type=LocationType.ROOM)
TEMPLATE = replace(event_type("template"), location=ROOM, room=Room(template="https://meet.example/{room}"))
WEBHOOK = replace(
    event_type("webhook", number=3),
    location=ROOM,
    room=Room(webhook="https://rooms.example/new", generation=2),
)
APPROVED = replace(WEBHOOK, id=event_type(number=4).id, number=4, slug=event_type("asks").slug)
TEN = at("2026-03-05 10:00")


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer()


@pytest.fixture
async def ports(rooms: MemoryRooms, mailer: MemoryMailer) -> Ports:
    made = memory_ports(NOW, calendars=MemoryCalendars(), rooms=rooms, mailer=mailer)
    await settle_in(made, host(), TEMPLATE, WEBHOOK, replace(APPROVED, requires_confirmation=True))
    return made


async def book(ports: Ports, slug: str, start: datetime = TEN) -> Booking:
    wish = NewBooking(
        home="alice", slug=slug, start=start, name="Gus Guest", email="gus@example.net", zone=BERLIN
    )
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def present(ports: Ports, booking: Booking) -> Booking:
    return (await look.by_id(ports, booking.id)).booking


async def codes(ports: Ports, now: datetime) -> list[str]:
    return [asked.error for asked in await ask_again(ports, now)]


async def kinds(ports: Ports) -> list[tuple[MailKind, int, int]]:
    return [(mail.kind, mail.recipient, mail.revision) for mail in await ports.ledger.mails()]


async def test_each_booking_has_a_room_of_its_own_that_nobody_can_guess(ports: Ports) -> None:
    first, second = await book(ports, "template"), await book(ports, "template", at("2026-03-05 11:00"))
    for made in (first, second):
        assert made.location.type is LocationType.LINK
        assert made.location.value.startswith("https://meet.example/")
        assert len(made.location.value.rpartition("/")[2]) >= 26
    assert first.location != second.location
    (text, _) = [stored.text for stored in await ports.calendars.all(calendar())]
    assert "CONFERENCE;VALUE=URI;FEATURE=VIDEO" in text


async def test_a_webhook_is_asked_once_with_a_signed_request(ports: Ports, rooms: MemoryRooms) -> None:
    made = await book(ports, "webhook")
    assert made.location == Location(type=LocationType.LINK, value="https://rooms.example/abc")
    ((address, headers, body),) = rooms.asked
    assert address == "https://rooms.example/new"
    key = secret(ports.secret_key, WEBHOOK.id, 2)
    assert headers == signed(key, f"room_{made.id}", int(NOW.timestamp()), body)
    assert msgspec.json.decode(body) == {
        "type": "room.requested",
        "timestamp": "2026-03-02T07:00:00Z",
        "data": {
            "booking": made.id,
            "event_type": WEBHOOK.id,
            "slug": "webhook",
            "title": "Introduction",
            "start": "2026-03-05T09:00:00Z",
            "end": "2026-03-05T09:30:00Z",
            "timezone": "Europe/Berlin",
            "host": {"home": "alice", "name": "Alice Example", "email": "alice@example.org"},
            "guest": {"name": "Gus Guest", "email": "gus@example.net"},
        },
    }


async def test_the_room_survives_a_move(ports: Ports, rooms: MemoryRooms) -> None:
    """S2.26."""
    made = await book(ports, "webhook")
    rooms.answer = "https://rooms.example/other"
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, at("2026-03-05 14:00"), Actor.HOST, NOW)
    assert moved.location == made.location
    assert len(rooms.asked) == 1


async def test_a_webhook_that_fails_loses_no_booking(ports: Ports, rooms: MemoryRooms) -> None:
    rooms.error = "timeout"
    made = await book(ports, "webhook")
    assert made.location == ROOM
    assert (await present(ports, made)).location == ROOM
    assert await codes(ports, NOW) == []
    rooms.error = ""
    later = NOW + timedelta(minutes=1)
    assert await codes(ports, later) == [""]
    after = await present(ports, made)
    assert after.location.url == "https://rooms.example/abc"
    assert (after.revision, after.sequence, after.start) == (1, 1, made.start)
    assert [headers["webhook-id"] for _, headers, _ in rooms.asked] == [f"room_{made.id}"] * 2
    assert (await ports.ledger.trail(made.id))[-1].action is Action.ROOM
    assert await codes(ports, later + timedelta(days=1)) == []


async def test_everybody_is_told_of_a_room_that_came_late(
    ports: Ports, rooms: MemoryRooms, mailer: MemoryMailer
) -> None:
    rooms.error = "503"
    await book(ports, "webhook")
    stationery = TemplateStationery(SITE, templates_dir())
    for mail in await due(ports, NOW):
        await deliver(ports, stationery, mail, NOW)
    assert b"the link will follow" in mailer.sent[0].message
    rooms.error = ""
    later = NOW + timedelta(minutes=1)
    await ask_again(ports, later)
    assert (await kinds(ports))[-2:] == [(MailKind.ROOM, 1, 1), (MailKind.ROOM, 0, 1)]
    for mail in await due(ports, later):
        await deliver(ports, stationery, mail, later)
    guests = message_from_bytes(mailer.sent[2].message)
    (calendar_part,) = [part for part in guests.walk() if part.get_content_type() == "text/calendar"]
    lines = calendar_part.get_payload(decode=True)
    assert isinstance(lines, bytes)
    for line in (b"METHOD:REQUEST", b"SEQUENCE:1", b"LOCATION:https://rooms.example/abc"):
        assert line in lines


async def test_after_many_times_in_vain_the_host_is_told(
    ports: Ports, rooms: MemoryRooms, mailer: MemoryMailer
) -> None:
    rooms.error = "503"
    made = await book(ports, "webhook")
    now = NOW
    while await ports.ledger.due_rooms(2**40, 9):
        now += timedelta(hours=1)
        assert await codes(ports, now) == ["503"]
        assert now < NOW + timedelta(days=1)
    assert len(rooms.asked) == ATTEMPTS_MAX + 1
    assert (await kinds(ports))[-1] == (MailKind.ROOM_MISSING, 0, 0)
    assert (await present(ports, made)).location == ROOM
    mailer.sent.clear()
    stationery = TemplateStationery(SITE, templates_dir())
    for mail in await due(ports, now):
        await deliver(ports, stationery, mail, now)
    (told,) = [sent for sent in mailer.sent if b"No video link" in sent.message]
    assert told.recipient == "alice@example.org"
    assert b"text/calendar" not in told.message


async def test_a_meeting_that_is_about_to_begin_is_not_asked_for_again(
    ports: Ports, rooms: MemoryRooms
) -> None:
    rooms.error = "503"
    made = await book(ports, "webhook", at("2026-03-02 10:00"))
    assert await codes(ports, made.start - timedelta(seconds=30)) == ["503"]
    assert (await kinds(ports))[-1][0] is MailKind.ROOM_MISSING


async def test_a_place_that_the_host_named_meanwhile_stays(ports: Ports, rooms: MemoryRooms) -> None:
    rooms.error = "503"
    made = await book(ports, "webhook")
    looked = await look.by_id(ports, made.id)
    named = replace(made, location=Location(type=LocationType.TEXT, value="Room 5"))
    text = vevent.revised(looked.stored.text, named, looked.host)
    await write(ports, looked.stored.calendar, looked.stored.href, text)
    rooms.error = ""
    assert await codes(ports, NOW + timedelta(minutes=1)) == [""]
    assert (await present(ports, made)).location.value == "Room 5"
    assert len(rooms.asked) == 1


async def test_nothing_is_asked_for_a_booking_that_was_cancelled_or_refused(
    ports: Ports, rooms: MemoryRooms
) -> None:
    rooms.error = "503"
    made = await book(ports, "webhook")
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    await ports.ledger.wait_for_room(booking_id(9), 0)
    assert await codes(ports, NOW + timedelta(minutes=1)) == ["", ""]
    assert len(rooms.asked) == 1
    assert list(await ports.ledger.due_rooms(2**40, 9)) == []


async def test_who_waits_for_the_host_needs_no_room_yet(ports: Ports, rooms: MemoryRooms) -> None:
    rooms.error = "503"
    await book(ports, "asks")
    for minutes in range(1, 100, 7):
        assert await codes(ports, NOW + timedelta(minutes=minutes)) == [""]
    assert len(rooms.asked) == 1


async def test_an_event_type_that_lost_its_webhook_asks_nobody(ports: Ports, rooms: MemoryRooms) -> None:
    rooms.error = "503"
    await book(ports, "webhook")
    kind = ports.homes.event_type("alice", "webhook")
    assert kind is not None
    await ports.homes.save_event_type(replace(kind, location=Location(), room=None))
    assert await codes(ports, NOW + timedelta(minutes=1)) == ["no webhook"]
    assert len(rooms.asked) == 1


async def test_a_rebuilt_ledger_goes_on_asking_and_knows_what_came(ports: Ports, rooms: MemoryRooms) -> None:
    rooms.error = "503"
    waiting, lucky = await book(ports, "webhook"), await book(ports, "webhook", at("2026-03-05 12:00"))
    await ports.ledger.postpone_room(waiting.id, 2**40)
    rooms.error = ""
    await ask_again(ports, NOW + timedelta(minutes=1))
    again = replace(ports, ledger=MemoryLedger())
    await rebuild(again, NOW + timedelta(minutes=2))
    due = await again.ledger.due_rooms(int(NOW.timestamp()) + 120, 9)
    assert [wait.booking for wait in due] == [waiting.id]
    trail = await again.ledger.trail(lucky.id)
    assert [(entry.action, entry.actor) for entry in trail] == [
        (Action.CREATE, Actor.GUEST),
        (Action.ROOM, Actor.SYSTEM),
    ]
