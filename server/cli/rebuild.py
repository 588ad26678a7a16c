"""`daybook rebuild`: a new ledger from the homes alone."""

import asyncio
from collections.abc import Iterator

import click
import msgspec

from server.cli.installation import Installation, on_installation
from server.cli.refusals import Failed
from server.domain.errors import SchedulingError


class NotRestored(msgspec.Struct):
    """What an operator has to do for a host whose secrets are gone."""

    home: str
    app_passwords: list[str]


class RebuiltView(msgspec.Struct, kw_only=True):
    """What a rebuild brought back and what it could not; `set_aside` is the ledger before it."""

    bookings: int
    active: int
    removed: int
    copies: int
    renumbered: int
    set_aside: str | None
    has_new_key: bool
    hosts: list[NotRestored]


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@on_installation
def rebuild(installation: Installation, yes: bool) -> None:
    """Make a new ledger from the homes alone, when it is lost or damaged and there is no backup.

    The server must be stopped. The present ledger is set aside, not removed.
    """
    from server.bootstrap import rebuild as run

    settings = installation.settings()
    if not settings.data.is_dir():
        raise Failed(f"There is no data directory {settings.data.absolute()}.")
    if not yes:
        click.confirm("Passwords and waiting mails are not in the homes and will be gone. Go on?", abort=True)
    try:
        done = asyncio.run(run(settings))
    except SchedulingError as error:
        raise Failed(error.message) from error
    found = RebuiltView(
        bookings=done.found.bookings,
        active=done.found.active,
        removed=done.found.removed,
        copies=done.found.copies,
        renumbered=done.found.renumbered,
        set_aside=None if done.aside is None else str(done.aside),
        has_new_key=done.has_new_key,
        hosts=[NotRestored(host.home, [one.name for one in host.app_passwords]) for host in done.hosts],
    )
    installation.show(found, lambda: "\n".join(_lines(found)))


def _lines(found: RebuiltView) -> Iterator[str]:
    yield f"{found.bookings} bookings of {len(found.hosts)} hosts are known again; {found.active} are not cancelled."
    if found.set_aside:
        yield f"The ledger before is {found.set_aside}."
    yield "What no home knows, and what to do:"
    for host in found.hosts:
        yield f"  the password of {host.home}: daybook host password {host.home}"
        yield from (
            f"  the app password “{name}” of {host.home}: make it anew" for name in host.app_passwords
        )
    yield "  mails that had not left, and what became of the others: tell guests who wait for one"
    yield "  links that were replaced by hand, and feed addresses that were reset: the first ones are good again;"
    yield "    daybook host feed-link HOST --reset"
    yield "  whose turn it was in teams: turns begin anew"
    yield "  who made a booking (trails say “guest”), and when one was moved that was cancelled next"
    if found.has_new_key:
        yield "  the server's key: links in mails sent so far lead nowhere"
    if found.removed:
        yield f"  {found.removed} bookings that calendar programs removed, of which only earlier times are kept"
    if found.copies:
        yield f"  {found.copies} objects are copies of bookings that stand elsewhere, and were left as they are"
    if found.renumbered:
        yield f"  {found.renumbered} bookings have new numbers: two homes came from different installations"
