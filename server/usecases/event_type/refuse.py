"""The one place that refuses an event type, new or changed."""

from server.domain.errors import Invalid
from server.domain.event_type import EventType, faults
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.host.change import unknown_calendars


def refuse_faults(ports: Ports, event_type: EventType) -> None:
    """Raise Invalid with every field that cannot be."""
    found = dict(faults(event_type))
    if event_type.zone is not None and not is_zone(event_type.zone):
        found["zone"] = f"must be an IANA time zone like Europe/Berlin, not “{event_type.zone}”"
    found |= unknown_calendars(
        ports, event_type.home, blocking=event_type.blocking, receiving=event_type.receiving
    )
    if found:
        raise Invalid("This event type cannot be saved.", found)
