"""The one place that refuses an event type, new or changed."""

from collections.abc import Mapping

from server.domain.errors import Invalid
from server.domain.event_type import EventType, faults
from server.domain.hosts import Strategy
from server.domain.team import Team
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.host.change import unknown_calendars

OF_MEMBERS = "is for each host of the team to say, and has no value here"


def refuse_faults(ports: Ports, event_type: EventType) -> None:
    """Raise Invalid with every field that cannot be."""
    found = dict(faults(event_type))
    if event_type.zone is not None and not is_zone(event_type.zone):
        found["zone"] = f"must be an IANA time zone like Europe/Berlin, not “{event_type.zone}”"
    team = ports.homes.team(event_type.home)
    found |= _of_host(ports, event_type) if team is None else _of_team(team, event_type)
    if found:
        raise Invalid("This event type cannot be saved.", found)


def _of_host(ports: Ports, event_type: EventType) -> Mapping[str, str]:
    found = dict(
        unknown_calendars(
            ports, event_type.home, blocking=event_type.blocking, receiving=event_type.receiving
        )
    )
    if event_type.is_team:
        found["strategy"] = f"is for teams, and {event_type.home} is a host"
    return found


def _of_team(team: Team, event_type: EventType) -> Mapping[str, str]:
    named = {"blocking": event_type.blocking, "receiving": event_type.receiving}
    found = {name: OF_MEMBERS for name, value in named.items() if value is not None}
    for name, hosts in (("hosts", event_type.hosts or ()), ("fixed_hosts", event_type.fixed_hosts)):
        others = [home for home in hosts if team.member(home) is None]
        if others:
            found[name] = f"must be members of {team.home}, which {', '.join(others)} is not"
    if event_type.strategy is Strategy.INDIVIDUAL and len(event_type.hosts or ()) != 1:
        found["hosts"] = "must name the one member who meets, or the strategy say how several do"
    return found
