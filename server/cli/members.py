"""`daybook team member`: who belongs to a team."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from server.cli.acting import acting
from server.cli.columns import columns
from server.cli.given import Option, request
from server.cli.installation import Installation, on_installation
from server.control.teams import AddMember, EditMember, ListMembers, MemberView, RemoveMember, TeamView
from server.domain.team import PRIORITY_MAX, WEIGHT_MAX, Role

F = TypeVar("F", bound=Callable[..., None])

_OPTIONS = (
    click.option(
        "--weight",
        type=click.IntRange(0, WEIGHT_MAX),
        help="Their share where turns are taken; 0: never theirs by turn.",
    ),
    click.option(
        "--role",
        type=click.Choice([role.value for role in Role]),
        help="Whether they look after the team as well.",
    ),
    click.option("--active/--inactive", default=None, help="Whether they can be booked with the team."),
    click.option(
        "--priority", type=click.IntRange(0, PRIORITY_MAX), help="Who is preferred where priority decides."
    ),
)


@click.group()
def member() -> None:
    """Take hosts into a team, change what they are there, let them go."""


def _with_options(command: F) -> F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@member.command()
@click.argument("home", metavar="TEAM")
@click.argument("member", metavar="HOST")
@_with_options
@acting
@on_installation
def add(installation: Installation, home: str, member: str, **options: Option) -> None:
    """Take HOST into TEAM."""
    saved = installation.ask(request(AddMember, options, home=home, member=member), TeamView)
    installation.show(saved, lambda: members_table(saved.members, home))


@member.command()
@click.argument("home", metavar="TEAM")
@click.argument("member", metavar="HOST")
@_with_options
@acting
@on_installation
def edit(installation: Installation, home: str, member: str, **options: Option) -> None:
    """Change what HOST is in TEAM; what is not given stays."""
    saved = installation.ask(request(EditMember, options, home=home, member=member), TeamView)
    installation.show(saved, lambda: members_table(saved.members, home))


@member.command()
@click.argument("home", metavar="TEAM")
@click.argument("member", metavar="HOST")
@acting
@on_installation
def remove(installation: Installation, home: str, member: str, acting: str | None) -> None:
    """Let HOST go from TEAM; refused while meetings of the team stand before them."""
    saved = installation.ask(RemoveMember(home, member, acting=acting), TeamView)
    installation.show(saved, lambda: members_table(saved.members, home))


@member.command(name="list")
@click.argument("home", metavar="TEAM")
@acting
@on_installation
def list_(installation: Installation, home: str, acting: str | None) -> None:
    """List who belongs to TEAM."""
    found = installation.ask(ListMembers(home, acting=acting), list[MemberView])
    installation.show(found, lambda: members_table(found, home))


def members_table(found: Sequence[MemberView], home: str) -> str:
    """Return the members of a team as a table."""
    titles = ("HOST", "NAME", "ROLE", "WEIGHT", "PRIORITY", "")
    rows = [
        (one.home, one.name, one.role.value, str(one.weight), str(one.priority), _mark(one)) for one in found
    ]
    return columns(titles, rows, f"Nobody belongs to {home}: daybook team member add {home} HOST")


def _mark(one: MemberView) -> str:
    if one.takes_part:
        return ""
    return "inactive" if not one.active else "switched off"
