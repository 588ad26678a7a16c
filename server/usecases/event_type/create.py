"""Create an event type."""

from dataclasses import replace

from server.domain.event_type import EventType
from server.ports import Ports
from server.usecases.event_type.refuse import refuse_faults
from server.usecases.team.find import find_owner


async def create(ports: Ports, draft: EventType) -> EventType:
    """Save `draft`, which gets its id and number here, as an event type of its home; raises NotFound or Invalid."""
    owner = find_owner(ports, draft.home)
    refuse_faults(ports, draft)
    return await ports.homes.save_event_type(
        replace(
            draft, home=owner.home, id=ports.ids.event_type(), number=ports.homes.next_number(), revision=0
        )
    )
