"""Whom of a team a program wants a guest to meet."""

from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking.lineup import CHOOSE, chosen, lineup
from server.web.api_v1.booking_query import host_named


def narrowed(ports: Ports, event_type: EventType, host_id: str) -> EventType:
    """Return the event type as it is with the host that was named, if any was; raises Invalid for who cannot be met."""
    if not host_id:
        return event_type
    try:
        return chosen(ports, event_type, host_named(ports, host_id))
    except Invalid as error:
        raise Invalid(error.message, {"host_id": error.message}) from error


def met(ports: Ports, host: Host, event_type: EventType, host_id: str) -> Home | None:
    """Return whom the guest meets as far as that was said; raises Invalid where it has to be, or cannot be them."""
    if not event_type.is_team and host_id and host_named(ports, host_id) == host.home:
        return None
    narrowed(ports, event_type, host_id)
    several = event_type.strategy is Strategy.MANAGED and len(lineup(ports, event_type).one_of) > 1
    if several and not host_id:
        raise Invalid(CHOOSE, {"host_id": CHOOSE})
    return host_named(ports, host_id) if host_id else None
