"""The one place that refuses an event type, new or changed."""

from collections.abc import Mapping

from server.domain.errors import Invalid
from server.domain.event_type import EventType, faults
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.host.change import unknown_calendars

OF_MEMBERS = "is for each host of the team to say, and has no value here"


def refuse_faults(ports: Ports, event_type: EventType) -> None:
    """Raise Invalid with every field that cannot be."""
    found = dict(faults(event_type))
    if event_type.zone is not None and not is_zone(event_type.zone):
        found["zone"] = f"must be an IANA time zone like Europe/Berlin, not “{event_type.zone}”"
    found |= _calendars(ports, event_type)
    if found:
        raise Invalid("This event type cannot be saved.", found)


def _calendars(ports: Ports, event_type: EventType) -> Mapping[str, str]:
    if ports.homes.team(event_type.home) is None:
        return unknown_calendars(
            ports, event_type.home, blocking=event_type.blocking, receiving=event_type.receiving
        )
    named = {"blocking": event_type.blocking, "receiving": event_type.receiving}
    return {name: OF_MEMBERS for name, value in named.items() if value is not None}
