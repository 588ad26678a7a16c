"""Who meets a guest of a team's event type: its members as the strategy has it, each with their own hours and calendars."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.domain.identity import CalendarPath, Home, calendar_path
from server.domain.plain import sentence
from server.domain.team import Team, face
from server.ports import Ports
from server.usecases.team.members import active

CHOOSE = sentence("Please choose whom you want to meet.")
NOT_THERE = sentence("This person cannot be chosen for this meeting.")

Party = tuple[Host, ...]
"""Hosts who meet a guest together; the first is the one whose booking it is."""


class Lineup(NamedTuple):
    """Who takes part: all of `always`, and beside them one of `one_of`, unless there is nobody to choose from.

    `face` is the team as it is shown; both are in the order of the hosts' numbers.
    """

    face: Host
    always: Party
    one_of: Party
    is_open: bool

    @property
    def parties(self) -> Sequence[Party]:
        """Return each set of hosts that a guest can meet."""
        if self.is_open:
            return [(one, *self.always) for one in self.one_of]
        return [self.always] if self.always else []

    @property
    def everybody(self) -> Party:
        """Return all who can take part."""
        return (*self.always, *self.one_of)


def lineup(ports: Ports, event_type: EventType) -> Lineup:
    """Return who takes part in an event type of a team; nobody when the team is gone."""
    if event_type.cast is not None:
        return _cast(ports, event_type, event_type.cast)
    return ports.kept.get(
        ("lineup", event_type.id, event_type.strategy, event_type.hosts, event_type.fixed_hosts),
        (ports.homes, ports.homes.version(event_type.home)),
        lambda: _lineup(ports, event_type),
    )


def booked(ports: Ports, event_type: EventType, hosts: Sequence[Home]) -> EventType:
    """Return a team's event type as one booking has it: with exactly these hosts, whatever has become of the team (S1.46)."""
    team = ports.homes.team(event_type.home)
    return replace(
        event_type,
        cast=tuple(hosts),
        co_hosts=tuple(hosts[1:]),
        zone=event_type.zone or (None if team is None else team.zone),
    )


def chosen(ports: Ports, event_type: EventType, home: str) -> EventType:
    """Return a team's event type for the host that a guest has chosen (S3.9); raises Invalid for one who cannot be."""
    found = lineup(ports, event_type) if event_type.is_team else _nobody(event_type)
    wanted = next((one.home for one in found.one_of if one.home == home), None)
    if wanted is None:
        raise Invalid(NOT_THERE, {"host": NOT_THERE})
    return replace(event_type, hosts=(wanted, *(one.home for one in found.always)))


def homes(ports: Ports, event_type: EventType) -> tuple[Home, ...]:
    """Return every home in which bookings of a team's event type can stand: those of all its members."""
    team = ports.homes.team(event_type.home)
    members = () if team is None else tuple(one.home for one in team.members)
    return (*members, *(home for home in event_type.cast or () if home not in members))


def blocking(ports: Ports, host: Host) -> tuple[CalendarPath, ...]:
    """Return the calendars whose events make a member busy: their own choice, or all they have."""
    names = ports.calendars.names(host.home) if host.blocking is None else host.blocking
    return tuple(calendar_path(host.home, name) for name in names)


def _lineup(ports: Ports, event_type: EventType) -> Lineup:
    team = ports.homes.team(event_type.home)
    if team is None or team.disabled:
        return _nobody(event_type)
    fixed = frozenset(event_type.fixed_hosts)
    rotates = event_type.strategy is Strategy.ROUND_ROBIN
    free = _hosts(ports, team, event_type.hosts, rotates=rotates)
    match event_type.strategy:
        case Strategy.COLLECTIVE:
            return Lineup(face(team), free, (), is_open=False)
        case Strategy.INDIVIDUAL:
            return Lineup(face(team), free[:1], (), is_open=False)
        case Strategy.ROUND_ROBIN | Strategy.MANAGED:
            always = _hosts(ports, team, event_type.fixed_hosts)
            return Lineup(
                face(team), always, tuple(one for one in free if one.home not in fixed), is_open=True
            )


def _hosts(ports: Ports, team: Team, named: Sequence[Home] | None, *, rotates: bool = False) -> Party:
    found = (host for _, host in active(ports, team, named, rotates=rotates))
    return tuple(sorted(found, key=lambda host: host.number))


def _cast(ports: Ports, event_type: EventType, named: Sequence[Home]) -> Lineup:
    team = ports.homes.team(event_type.home)
    hosts = tuple(host for home in named if (host := ports.homes.host(home)) is not None)
    if not hosts:
        return _nobody(event_type)
    return Lineup(hosts[0] if team is None else face(team), hosts, (), is_open=False)


def _nobody(event_type: EventType) -> Lineup:
    blank = Host(home=event_type.home, number=0, name="", email="")
    return Lineup(blank, (), (), is_open=False)
