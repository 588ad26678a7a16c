"""Create an event type."""

from dataclasses import replace

from server.domain.event_type import EventType
from server.ports import Ports
from server.usecases.event_type.refuse import refuse_faults
from server.usecases.host.find import find


async def create(ports: Ports, draft: EventType) -> EventType:
    """Save `draft`, which gets its id and number here, as an event type of its home; raises NotFound or Invalid."""
    host = find(ports, draft.home)
    refuse_faults(ports, draft)
    return await ports.homes.save_event_type(
        replace(
            draft, home=host.home, id=ports.ids.event_type(), number=ports.homes.next_number(), revision=0
        )
    )
