"""Find an event type by its address, for those who run the installation."""

from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.ports import Ports


def find(ports: Ports, home: str, slug: str) -> EventType:
    """Return the event type `slug` of `home`, enabled or not; raises NotFound."""
    found = ports.homes.event_type(home, slug)
    if found is None:
        raise nothing(home, slug)
    return found


def nothing(home: str, slug: str) -> NotFound:
    """Return how an event type is answered for that is not there, or not for the asker's eyes."""
    return NotFound(f"There is no event type {home}/{slug}.")
