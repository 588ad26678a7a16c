"""Open a room for a booking: by its event type's template, or by asking the webhook that its host named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from server.domain.booking import Booking
from server.domain.event_type import EventType, Location, LocationType
from server.domain.host import Host
from server.domain.rooms import Room, secret
from server.domain.signatures import signed
from server.ports import Ports, RoomError

FIRST_RETRY = timedelta(minutes=1)


async def with_room(
    ports: Ports, booking: Booking, event_type: EventType, host: Host, now: datetime
) -> Booking:
    """Return a booking that is about to be made with its room as its place, if it is to have one.

    A webhook that does not answer in time loses nothing: the booking is made without, and `again` asks from then on.
    """
    room = event_type.room
    if booking.location.type is not LocationType.ROOM or room is None:
        return booking
    if not room.is_asked_for:
        return _at(booking, room.address(ports.ids.room()))
    try:
        return _at(booking, await ask(ports, room, booking, host, now))
    except RoomError:
        await ports.ledger.wait_for_room(booking.id, int((now + FIRST_RETRY).timestamp()))
        return booking


async def ask(ports: Ports, room: Room, booking: Booking, host: Host, now: datetime) -> str:
    """Return the address that the webhook answers with; raises RoomError. The same booking asks under the same id."""
    body = msgspec.json.encode(_question(booking, host, now))
    key = secret(ports.secret_key, booking.event_type_id, room.generation)
    headers = signed(key, f"room_{booking.id}", int(now.timestamp()), body)
    return await ports.rooms.ask(room.webhook, headers, body)


def _question(booking: Booking, host: Host, now: datetime) -> dict[str, object]:
    return {
        "type": "room.requested",
        "timestamp": _text(now),
        "data": {
            "booking": booking.id,
            "event_type": booking.event_type_id,
            "slug": booking.slug,
            "title": booking.title,
            "start": _text(booking.start),
            "end": _text(booking.end),
            "timezone": booking.zone,
            "host": {"home": host.home, "name": host.name, "email": host.email},
            "guest": {"name": booking.guest.name, "email": booking.guest.email},
        },
    }


def _at(booking: Booking, address: str) -> Booking:
    return replace(booking, location=Location(type=LocationType.LINK, value=address))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
