"""`daybook team`: several hosts who can be booked at one address."""

import click

from server.cli.acting import acting
from server.cli.columns import columns, facts
from server.cli.given import Option, request
from server.cli.installation import Installation, on_installation
from server.cli.members import member, members_table
from server.control.teams import CreateTeam, DisableTeam, EditTeam, ListTeams, ShowTeam, TeamView


@click.group()
def team() -> None:
    """Create, change and switch off teams: hosts who can be booked at one address."""


team.add_command(member)


@team.command()
@click.argument("home", metavar="TEAM")
@click.option("--name", help="The name guests see; TEAM when left out.")
@click.option("--email", required=True, help="In whose name guests are mailed, and whom they answer.")
@click.option("--zone", required=True, metavar="ZONE", help="The IANA time zone of its hours: Europe/Berlin.")
@click.option("--language", help="The language of the team: en, de, …")
@click.option("--about", help="What guests read on the team's page.")
@click.option("--hours", help='Outside which no member is booked: "mon-fri 09:00-17:00"; "always".')
@click.option(
    "--private/--no-private", default=None, help="Whether it is there for those alone who are invited."
)
@click.option(
    "--member", "members", multiple=True, metavar="HOST", help="A host who belongs to it; repeatable."
)
@click.option("--manager", "managers", multiple=True, metavar="HOST", help="One who looks after it as well.")
@on_installation
def create(installation: Installation, home: str, **options: Option) -> None:
    """Create TEAM, whose name is taken from the same names as those of hosts."""
    made = installation.ask(request(CreateTeam, options, home=home), TeamView)
    installation.show(made, lambda: f"Created {home}.\nPage: {made.page}")


@team.command()
@click.argument("home", metavar="TEAM")
@click.option("--name", help="The name guests see.")
@click.option(
    "--email", help="In whose name guests are mailed; those invited before are told from the former."
)
@click.option("--zone", metavar="ZONE", help="The IANA time zone of its hours.")
@click.option("--language", help="The language of the team.")
@click.option("--about", help="What guests read on the team's page.")
@click.option("--hours", help='Outside which no member is booked: "mon-fri 09:00-17:00"; "always".')
@click.option(
    "--private/--no-private", default=None, help="Whether it is there for those alone who are invited."
)
@acting
@on_installation
def edit(installation: Installation, home: str, **options: Option) -> None:
    """Change what is known of TEAM; what is not given stays."""
    saved = installation.ask(request(EditTeam, options, home=home), TeamView)
    installation.show(saved, lambda: _details(saved))


@team.command(name="list")
@acting
@on_installation
def list_(installation: Installation, acting: str | None) -> None:
    """List all teams, or with --as those of a host."""
    found = installation.ask(ListTeams(acting=acting), list[TeamView])
    titles = ("TEAM", "NAME", "MAIL", "MEMBERS", "")
    rows = [(one.home, one.name, one.email, _some_members(one), _mark(one)) for one in found]
    nothing = "There is no team: daybook team create sales --email sales@example.org --zone Europe/Berlin"
    installation.show(found, lambda: columns(titles, rows, nothing))


@team.command()
@click.argument("home", metavar="TEAM")
@acting
@on_installation
def show(installation: Installation, home: str, acting: str | None) -> None:
    """Show what is known of TEAM, and who belongs to it."""
    found = installation.ask(ShowTeam(home, acting=acting), TeamView)
    installation.show(found, lambda: f"{_details(found)}\n\n{members_table(found.members, home)}")


@team.command()
@click.argument("home", metavar="TEAM")
@acting
@on_installation
def disable(installation: Installation, home: str, acting: str | None) -> None:
    """Close the pages of TEAM; its members, event types and bookings stay."""
    installation.show(
        installation.ask(DisableTeam(home, acting=acting), TeamView), lambda: f"{home} is switched off."
    )


@team.command()
@click.argument("home", metavar="TEAM")
@acting
@on_installation
def enable(installation: Installation, home: str, acting: str | None) -> None:
    """Open the pages of TEAM again."""
    asked = DisableTeam(home, disabled=False, acting=acting)
    installation.show(installation.ask(asked, TeamView), lambda: f"{home} is switched on.")


def _some_members(found: TeamView) -> str:
    return ", ".join(one.home for one in found.members if one.takes_part) or "nobody who takes part"


def _mark(found: TeamView) -> str:
    return "disabled" if found.disabled else "private" if found.private else ""


def _details(found: TeamView) -> str:
    return facts(
        [
            ("team", found.home),
            ("name", found.name),
            ("mail", found.email),
            ("zone", found.zone),
            ("language", found.language),
            ("about", found.about),
            ("hours", found.hours),
            ("private", "yes" if found.private else ""),
            ("disabled", "yes" if found.disabled else ""),
            ("event types", ", ".join(found.event_types)),
            ("page", found.page),
        ]
    )
