"""Change an event type; bookings made before keep what they were made with."""

from collections.abc import Callable

from server.domain.errors import ChangedMeanwhile
from server.domain.event_type import EventType
from server.ports import Ports, RevisionMismatch
from server.usecases.event_type.find import find
from server.usecases.event_type.refuse import refuse_faults

ATTEMPTS_MAX = 4


async def edit(ports: Ports, home: str, slug: str, change: Callable[[EventType], EventType]) -> EventType:
    """Save what the pure function `change` makes of an event type; raises NotFound, Invalid or ChangedMeanwhile."""
    for _ in range(ATTEMPTS_MAX):
        after = change(find(ports, home, slug))
        refuse_faults(ports, after)
        try:
            return await ports.homes.save_event_type(after)
        except RevisionMismatch:
            continue
    raise ChangedMeanwhile("This event type is being changed by somebody else. Please try again.")
