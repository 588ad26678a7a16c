"""Commands about teams: managers give them for their own team, operators for any."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
from msgspec import UNSET, UnsetType

from server.control.acting import ActingCommand, refuse_team, who
from server.control.texts import Texts, given
from server.domain.attendees import one_line
from server.domain.errors import Forbidden
from server.domain.hours import format_hours, parse_hours
from server.domain.identity import Home
from server.domain.permissions import OPERATOR, Permission
from server.domain.team import Member, Role, Team
from server.ports import Ports
from server.usecases.team import members
from server.usecases.team.address import absolute, page_of
from server.usecases.team.change import change, disable
from server.usecases.team.create import create
from server.usecases.team.find import find


class TeamFields(ActingCommand, kw_only=True):
    """What can be said of a team; what is unset stays as it is."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    about: str | UnsetType = UNSET
    hours: str | UnsetType = UNSET
    private: bool | UnsetType = UNSET


class CreateTeam(TeamFields, tag="team.create", kw_only=True):
    """Create a team of these hosts, of whom the `managers` look after it."""

    home: str
    members: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()


class EditTeam(TeamFields, tag="team.edit", kw_only=True):
    """Change what a team says of itself."""

    home: str


class ListTeams(ActingCommand, tag="team.list"):
    """List all teams, or those of the host who acts."""


class ShowTeam(ActingCommand, tag="team.show"):
    """Show one team with its members."""

    home: str


class DisableTeam(ActingCommand, tag="team.disable"):
    """Close the pages of a team, or open them again."""

    home: str
    disabled: bool = True


class MemberFields(ActingCommand, kw_only=True):
    """What can be said of a member; what is unset stays as it is."""

    home: str
    member: str
    weight: int | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class AddMember(MemberFields, tag="team.member.add"):
    """Take a host into a team."""


class EditMember(MemberFields, tag="team.member.edit"):
    """Change what a host is in a team."""


class RemoveMember(ActingCommand, tag="team.member.remove"):
    """Let a member of a team go."""

    home: str
    member: str


class ListMembers(ActingCommand, tag="team.member.list"):
    """List the members of a team."""

    home: str


class MemberView(msgspec.Struct, kw_only=True):
    """A member of a team; `takes_part` tells whether they can be booked with it: active, and not switched off as a host."""

    home: str
    name: str
    weight: int
    role: Role
    active: bool
    priority: int
    takes_part: bool


class TeamView(msgspec.Struct, kw_only=True):
    """A team as operators see it; `event_types` are their slugs."""

    home: str
    name: str
    email: str
    zone: str
    language: str
    about: str
    hours: str
    private: bool
    disabled: bool
    members: list[MemberView]
    event_types: list[str]
    page: str

    @classmethod
    def of(cls, ports: Ports, team: Team) -> "TeamView":
        """Return the view of a team."""
        return cls(
            home=team.home,
            name=team.name,
            email=team.email,
            zone=team.zone,
            language=team.language,
            about=team.about,
            hours=format_hours(team.hours),
            private=team.private,
            disabled=team.disabled,
            members=_members(ports, team),
            event_types=[one.slug for one in ports.homes.event_types(team.home)],
            page=absolute(ports, page_of(ports, team.home)),
        )


async def create_team(ports: Ports, asked: CreateTeam) -> TeamView:
    """Create a team; raises Forbidden for a host, who has no say over names that others could want."""
    if who(ports, asked) != OPERATOR:
        raise Forbidden("Teams are created by who runs this installation.")
    home = Home(asked.home)
    named = [Member(home=Home(one)) for one in dict.fromkeys([*asked.managers, *asked.members])]
    blank = Team(
        home=home,
        number=0,
        name=given(asked.name, home),
        email="",
        language=ports.site.language,
        members=tuple(
            replace(one, role=Role.MANAGER) if one.home in asked.managers else one for one in named
        ),
    )
    return TeamView.of(ports, await create(ports, _edit(asked)(blank)))


async def edit_team(ports: Ports, asked: EditTeam) -> TeamView:
    """Change what a team says of itself."""
    refuse_team(ports, asked, asked.home, Permission.EDIT)
    return TeamView.of(ports, await change(ports, asked.home, _edit(asked)))


async def list_teams(ports: Ports, asked: ListTeams) -> list[TeamView]:
    """Return teams by home."""
    acting = who(ports, asked).home
    teams = ports.homes.teams() if acting is None else ports.homes.teams_of(acting)
    return [TeamView.of(ports, one) for one in teams]


async def show_team(ports: Ports, asked: ShowTeam) -> TeamView:
    """Return one team."""
    refuse_team(ports, asked, asked.home, Permission.VIEW)
    return TeamView.of(ports, find(ports, asked.home))


async def disable_team(ports: Ports, asked: DisableTeam) -> TeamView:
    """Close the pages of a team, or open them again."""
    refuse_team(ports, asked, asked.home, Permission.EDIT)
    return TeamView.of(ports, await disable(ports, asked.home, disabled=asked.disabled))


async def add_member(ports: Ports, asked: AddMember) -> TeamView:
    """Take a host into a team."""
    refuse_team(ports, asked, asked.home, Permission.EDIT)
    member = _edit_member(asked)(Member(home=Home(asked.member)))
    return TeamView.of(ports, await members.add(ports, asked.home, member))


async def edit_member(ports: Ports, asked: EditMember) -> TeamView:
    """Change what a host is in a team."""
    refuse_team(ports, asked, asked.home, Permission.EDIT)
    return TeamView.of(ports, await members.edit(ports, asked.home, asked.member, _edit_member(asked)))


async def remove_member(ports: Ports, asked: RemoveMember) -> TeamView:
    """Let a member go."""
    refuse_team(ports, asked, asked.home, Permission.EDIT)
    return TeamView.of(ports, await members.remove(ports, asked.home, asked.member, ports.clock.now()))


async def list_members(ports: Ports, asked: ListMembers) -> list[MemberView]:
    """Return the members of a team, in the order in which they came."""
    refuse_team(ports, asked, asked.home, Permission.VIEW)
    return _members(ports, find(ports, asked.home))


def _edit(fields: TeamFields) -> Callable[[Team], Team]:
    """Return the pure function that makes a team what `fields` say; raises Invalid for what cannot be read."""
    read = Texts()
    hours = read.read("hours", parse_hours, fields.hours)
    read.refuse()

    def edit(team: Team) -> Team:
        return replace(
            team,
            name=one_line(given(fields.name, team.name)),
            email=given(fields.email, team.email).strip(),
            zone=given(fields.zone, team.zone),
            language=given(fields.language, team.language),
            about=given(fields.about, team.about).strip(),
            hours=given(hours, team.hours),
            private=given(fields.private, team.private),
        )

    return edit


def _edit_member(fields: MemberFields) -> Callable[[Member], Member]:
    def edit(member: Member) -> Member:
        return replace(
            member,
            weight=given(fields.weight, member.weight),
            role=given(fields.role, member.role),
            active=given(fields.active, member.active),
            priority=given(fields.priority, member.priority),
        )

    return edit


def _members(ports: Ports, team: Team) -> list[MemberView]:
    taking_part = {one.home: host for one, host in members.active(ports, team)}
    return [
        MemberView(
            home=one.home,
            name=host.name if (host := ports.homes.host(one.home)) else "",
            weight=one.weight,
            role=one.role,
            active=one.active,
            priority=one.priority,
            takes_part=one.home in taking_part,
        )
        for one in team.members
    ]
