"""`daybook host`: who can be booked."""

import sys

import click

from server.cli.away import away, holidays
from server.cli.columns import columns, facts
from server.cli.given import Option, request
from server.cli.installation import Installation, on_installation
from server.control.hosts import (
    AddHost,
    AskFeedLinks,
    DisableHost,
    ListHosts,
    RenewPassword,
    SetHost,
    ShowHost,
)
from server.control.views import FeedLinksView, HostView, HostWithPassword


@click.group()
def host() -> None:
    """Add, change and switch off hosts."""


host.add_command(away)
host.add_command(holidays)


@host.command()
@click.argument("home")
@click.option("--name", help="The name guests see; HOME when left out.")
@click.option("--email", required=True, help="Where the host gets mail.")
@click.option("--zone", required=True, metavar="ZONE", help="The IANA time zone of the hours: Europe/Berlin.")
@click.option("--language", help="The language of the host's mails: en, de, …")
@click.option("--hours", help='When the host can be booked: "mon-fri 09:00-12:00,13:00-17:00".')
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@on_installation
def add(installation: Installation, home: str, password_stdin: bool, **options: Option) -> None:
    """Add the host HOME and print the password for their calendar apps once."""
    settings = installation.settings()
    asked = request(
        AddHost,
        options,
        home=home,
        password=_password(password_stdin),
        freebusy_public=settings.freebusy_public,
    )
    added = installation.ask(asked, HostWithPassword)
    installation.show(added, lambda: _with_password(f"Added {home}.", added))


@host.command(name="set")
@click.argument("home")
@click.option("--name", help="The name guests see.")
@click.option("--email", help="Where the host gets mail; the former stays one of their addresses.")
@click.option(
    "--other-address", "other_addresses", multiple=True, help="One more address of theirs; repeatable."
)
@click.option("--zone", help="The IANA time zone of the hours.")
@click.option("--language", help="The language of the host's mails.")
@click.option("--about", help="What guests read on the profile page.")
@click.option("--hours", help='When the host can be booked: "mon-fri 09:00-12:00,13:00-17:00".')
@click.option(
    "--override",
    "overrides",
    multiple=True,
    help='Another day: "2026-12-24 closed", "2026-12-31 09:00-12:00", "2026-12-24 usual"; repeatable.',
)
@click.option("--blocking", metavar="NAMES", help='Calendars that make the host busy, by comma; "all".')
@click.option("--receiving", metavar="NAME", help="The calendar that gets the bookings.")
@click.option("--attendees-in-calendar/--no-attendees-in-calendar", default=None, help="Guests as ATTENDEE.")
@click.option(
    "--groups/--no-groups",
    "groups_allowed",
    default=None,
    help="Whether others can be booked together with them.",
)
@click.option("--freebusy-public/--no-freebusy-public", default=None, help="Publish /feeds/HOME.ifb.")
@click.option(
    "--dav-password/--no-dav-password",
    default=None,
    help="Whether the account's password opens the calendars, or app passwords alone.",
)
@click.option(
    "--block",
    multiple=True,
    metavar="ADDRESS",
    help='Who may not book: "troll@example.com", "@spam.example", "@*.spam.example"; repeatable.',
)
@click.option("--unblock", multiple=True, metavar="ADDRESS", help="Who may again; repeatable.")
@on_installation
def set_(installation: Installation, home: str, **options: Option) -> None:
    """Change what is known of the host HOME; what is not given stays."""
    saved = installation.ask(request(SetHost, options, home=home), HostView)
    installation.show(saved, lambda: _details(saved))


@host.command(name="list")
@on_installation
def list_(installation: Installation) -> None:
    """List all hosts."""
    hosts = installation.ask(ListHosts(), list[HostView])
    titles = ("HOST", "NAME", "MAIL", "ZONE", "HOURS", "")
    rows = [(h.home, h.name, h.email, h.zone, h.hours, "disabled" if h.disabled else "") for h in hosts]
    nothing = "There is no host yet: daybook host add alice --email alice@example.org --zone Europe/Berlin"
    installation.show(hosts, lambda: columns(titles, rows, nothing))


@host.command()
@click.argument("home")
@on_installation
def show(installation: Installation, home: str) -> None:
    """Show what is known of the host HOME."""
    found = installation.ask(ShowHost(home), HostView)
    installation.show(found, lambda: _details(found))


@host.command()
@click.argument("home")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@on_installation
def password(installation: Installation, home: str, password_stdin: bool) -> None:
    """Give the host HOME a new password and print it once."""
    renewed = installation.ask(RenewPassword(home, _password(password_stdin)), HostWithPassword)
    installation.show(renewed, lambda: _with_password(f"{home} has a new password.", renewed))


@host.command()
@click.argument("home")
@click.option("--undo", is_flag=True, help="Switch the host on again.")
@on_installation
def disable(installation: Installation, home: str, undo: bool) -> None:
    """Close the pages and the sign-in of the host HOME; calendars and bookings stay."""
    saved = installation.ask(DisableHost(home, not undo), HostView)
    installation.show(saved, lambda: f"{home} is switched {'on' if undo else 'off'}.")


def _password(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


def _with_password(text: str, found: HostWithPassword) -> str:
    lines = [text]
    if found.generated:
        lines.append(f"Password for calendar apps (shown once): {found.password}")
    lines += [f"Page: {found.host.page}", f"CalDAV: /dav/{found.host.home}/, user {found.host.home}"]
    return "\n".join(lines)


def _details(found: HostView) -> str:
    return facts(
        [
            ("host", found.home),
            ("name", found.name),
            ("mail", ", ".join([found.email, *found.other_addresses])),
            ("zone", found.zone),
            ("language", found.language),
            ("about", found.about),
            ("hours", found.hours),
            ("overrides", "; ".join(found.overrides)),
            ("holidays", f"{found.holidays} days" if found.holidays else ""),
            ("away", "; ".join(found.away)),
            ("blocking", "all" if found.blocking is None else ", ".join(found.blocking)),
            ("receiving", found.receiving),
            ("groups", "" if found.groups_allowed else "takes no part in them"),
            ("calendar sign-in", "" if found.dav_password else "with app passwords only"),
            ("blocked", ", ".join(found.blocked)),
            ("teams", ", ".join(found.teams)),
            ("page", found.page),
        ]
    )


@host.command(name="feed-link")
@click.argument("home")
@click.option(
    "--reset", is_flag=True, help="Make new addresses first; the earlier ones lead nowhere from then on."
)
@on_installation
def feed_link(installation: Installation, home: str, reset: bool) -> None:
    """Show the secret addresses of HOME's feeds, for calendar programs that subscribe."""
    found = installation.ask(AskFeedLinks(home, reset), FeedLinksView)
    installation.show(found, lambda: facts([("bookings", found.bookings), ("free/busy", found.freebusy)]))
