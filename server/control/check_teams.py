"""What can be amiss with teams, whose members come and go."""

from collections.abc import Sequence

from server.control.findings import Finding, Verdict
from server.domain.event_type import EventType
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.team import Team
from server.ports import Ports
from server.usecases.booking.lineup import lineup
from server.usecases.team.members import active


def check_teams(ports: Ports) -> Sequence[Finding]:
    """Return what keeps teams from being booked as they were meant; nothing is said where there is no team."""
    teams = [team for team in ports.homes.teams() if not team.disabled]
    found = [one for team in teams for one in (*_members(ports, team), *_event_types(ports, team))]
    return found or ([Finding(Verdict.OK, "teams", f"{len(teams)} can be booked")] if teams else [])


def _members(ports: Ports, team: Team) -> Sequence[Finding]:
    gone = [one.home for one in team.members if ports.homes.host(one.home) is None]
    found = [
        Finding(
            Verdict.WARNING,
            f"team {team.home}",
            f"{home} is a member, and there is no such host",
            f"Put the home back, or let them go: daybook team member remove {team.home} {home}",
        )
        for home in gone
    ]
    if not active(ports, team):
        cure = f"Take somebody in: daybook team member add {team.home} HOST"
        found.append(Finding(Verdict.WARNING, f"team {team.home}", "nobody takes part in it", cure))
    return found


def _event_types(ports: Ports, team: Team) -> Sequence[Finding]:
    kinds = [one for one in ports.homes.event_types(team.home) if one.enabled]
    return [
        Finding(
            Verdict.FAULT,
            f"event type {team.home}/{one.slug}",
            text,
            "Say who meets: daybook event-type edit.",
        )
        for one in kinds
        if (text := _nobody(ports, team, one))
    ]


def _nobody(ports: Ports, team: Team, event_type: EventType) -> str:
    """Return why nobody can be met, "" where somebody can, or nobody takes part in the team at all."""
    if not active(ports, team):
        return ""
    if event_type.strategy is Strategy.INDIVIDUAL and event_type.hosts is None:
        return "has no strategy, so nobody meets its guests"
    if not lineup(ports, event_type).parties:
        return "has nobody who could meet its guests"
    strangers = _strangers(team, event_type)
    return f"names {', '.join(strangers)}, who is no member of the team" if strangers else ""


def _strangers(team: Team, event_type: EventType) -> Sequence[Home]:
    return [
        home for home in (*(event_type.hosts or ()), *event_type.fixed_hosts) if team.member(home) is None
    ]
