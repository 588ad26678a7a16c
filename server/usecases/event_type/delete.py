"""Delete an event type; its bookings stay, and can still be cancelled and moved."""

from server.domain.event_type import EventType
from server.ports import Ports
from server.usecases.event_type.find import find


async def delete(ports: Ports, home: str, slug: str) -> EventType:
    """Remove an event type and return what it was; raises NotFound."""
    event_type = find(ports, home, slug)
    await ports.homes.delete_event_type(event_type)
    if event_type.is_team:
        await ports.ledger.forget_turns(event_type.id)
    return event_type
