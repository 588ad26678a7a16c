"""`daybook invite`: links for those who may book what not everybody may."""

from pathlib import Path

import click

from server.cli.address import home_and_slug
from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.cli.people import read_people
from server.control.invites import (
    CreateInvites,
    InvitesMade,
    InviteView,
    ListInvites,
    Person,
    RevokeInvites,
    SendInvites,
)
from server.domain.invites import VALID_DAYS


@click.group()
def invite() -> None:
    """Invite people to book, list who was invited and who came, take invites back."""


@invite.command()
@click.argument("address", metavar="HOST/SLUG")
@click.option("--name", default="", help="Who is invited; stands in the form already.")
@click.option("--email", default="", help="Their mail address; they are mailed the link.")
@click.option("--message", default="", help="What the mail and the booking page say to them.")
@click.option("--language", default="", help="What they read, like de; else the host's own.")
@click.option(
    "--as",
    "made_by",
    metavar="HOST",
    help="Who invites: a colleague to what is internal, a member to what their team offers.",
)
@click.option("--days", default=VALID_DAYS, show_default=True, help="For how long the link is good.")
@click.option("--uses", "uses_max", default=1, show_default=True, help="How often it can be booked with.")
@click.option(
    "--from",
    "list_",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Invite everybody in a list with the columns name, email and, if wanted, language, message.",
)
@click.option("--mail/--no-mail", default=True, help="Whether those with an address are mailed.")
@on_installation
def create(
    installation: Installation,
    address: str,
    name: str,
    email: str,
    message: str,
    language: str,
    made_by: str | None,
    days: int,
    uses_max: int,
    list_: Path | None,
    mail: bool,
) -> None:
    """Invite somebody, or everybody in a list, to book HOST/SLUG. Where one line is wrong, nobody is invited."""
    home, slug = home_and_slug(address)
    if list_ is not None and (name or email):
        raise click.UsageError("--from names the people: leave --name and --email out.")
    one = Person(name=name, email=email, message=message, language=language)
    asked = CreateInvites(
        home=home,
        slug=slug,
        people=[one] if list_ is None else read_people(list_, one),
        made_by=made_by,
        days=days,
        uses_max=uses_max,
        mail=mail,
    )
    made = installation.ask(asked, InvitesMade)
    installation.show(made, lambda: _made(made))


@invite.command(name="list")
@click.argument("home", metavar="[HOST]", required=False)
@on_installation
def list_invites(installation: Installation, home: str | None) -> None:
    """List the invites of a host, or of all: who was invited to what, and which bookings were made."""
    found = installation.ask(ListInvites(home), list[InviteView])
    installation.show(found, lambda: _table(found))


@invite.command()
@click.argument("ids", metavar="INVITE...", nargs=-1, required=True)
@on_installation
def revoke(installation: Installation, ids: tuple[str, ...]) -> None:
    """End invites at once; bookings made by them stay."""
    ended = installation.ask(RevokeInvites(list(ids)), list[InviteView])
    installation.show(ended, lambda: _table(ended))


@invite.command()
@click.argument("ids", metavar="INVITE...", nargs=-1, required=True)
@click.option("--new-link", is_flag=True, help="Replace the link: those sent before open nothing any more.")
@on_installation
def send(installation: Installation, ids: tuple[str, ...], new_link: bool) -> None:
    """Mail invites once more."""
    sent = installation.ask(SendInvites(list(ids), new_link), list[InviteView])
    installation.show(sent, lambda: _table(sent))


def _made(made: InvitesMade) -> str:
    lines = [f"{one.link}  {_guest(one)}".rstrip() for one in made.invites]
    if made.mailed:
        lines.append(f"{made.mailed} of {len(made.invites)} are mailed.")
    if made.unmailed:
        lines.append(f"Nobody is mailed: {made.unmailed}.")
    return "\n".join(lines)


def _table(invites: list[InviteView]) -> str:
    titles = ("INVITE", "ADDRESS", "GUEST", "BY", "STATE", "USES", "UNTIL", "BOOKINGS")
    rows = [
        (
            one.id,
            f"{one.home}/{one.slug or '(deleted)'}",
            _guest(one),
            one.made_by,
            one.state,
            f"{one.uses} of {one.uses_max}",
            one.expires[:10],
            " ".join(one.bookings),
        )
        for one in invites
    ]
    return columns(
        titles, rows, "Nobody is invited: daybook invite create alice/intro --email ada@example.org"
    )


def _guest(one: InviteView) -> str:
    return f"{one.name} <{one.email}>".strip() if one.email else one.name
