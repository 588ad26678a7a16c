"""`daybook mail`: what became of mails."""

import click

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.control.mails import ListMails, SendMails
from server.control.views import MailView
from server.domain.reminders import Channel, duration
from server.ports import MailState


@click.group()
def mail() -> None:
    """List mails, and send those again that did not leave."""


@mail.command(name="list")
@click.option(
    "--state", type=click.Choice([state.value for state in MailState]), help="Only mails in this state."
)
@on_installation
def list_(installation: Installation, state: str | None) -> None:
    """List mails, oldest first."""
    found = installation.ask(ListMails(state), list[MailView])
    installation.show(found, lambda: _table(found, "There is no such mail."))


@mail.command()
@click.argument("ids", metavar="[MAIL]...", type=int, nargs=-1)
@on_installation
def send(installation: Installation, ids: tuple[int, ...]) -> None:
    """Send mails again that failed or were not sent: those named, or all whose meeting is still to come.

    Those that came back are sent again only when they are named.
    """
    found = installation.ask(SendMails(ids), list[MailView])
    installation.show(found, lambda: _table(found, "There is nothing to send."))


def kind_of(mail: MailView) -> str:
    """Return what a mail is about, with how long before the meeting and by which way it leaves."""
    before = "" if mail.offset_min is None else f" {duration(mail.offset_min)} before"
    return mail.kind + before + ("" if mail.channel == Channel.MAIL else f" by {mail.channel}")


def reader_of(mail: MailView) -> str:
    """Return who gets it, as far as the outbox knows."""
    return "host" if mail.recipient <= 0 else "guest"


def _table(mails: list[MailView], nothing: str) -> str:
    titles = ("MAIL", "ABOUT", "KIND", "TO", "STATE", "ATTEMPTS", "DUE", "ERROR")
    rows = [
        (
            str(one.id),
            one.invite or one.booking,
            kind_of(one),
            reader_of(one),
            one.state,
            str(one.attempts),
            one.due,
            one.error or "",
        )
        for one in mails
    ]
    return columns(titles, rows, nothing)
