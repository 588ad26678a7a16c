"""Commands about the outbox."""

from server.control.command import Command
from server.control.views import MailView
from server.domain.errors import Conflict, Invalid, NotFound
from server.ports import MailState, Ports, QueuedMail
from server.usecases.delivery.deliver import send_by_hand


class ListMails(Command, tag="mail.list"):
    """List mails, all or those in one state."""

    state: str | None = None


class SendMails(Command, tag="mail.send"):
    """Queue mails again that failed or were not sent; all of them when `ids` is empty. Named, also those that came back."""

    ids: tuple[int, ...] = ()


async def list_mails(ports: Ports, asked: ListMails) -> list[MailView]:
    """Return mails, oldest first."""
    if asked.state is not None and asked.state not in set(MailState):
        raise Invalid("There is no such state.", {"state": f"must be one of: {', '.join(MailState)}"})
    state = None if asked.state is None else MailState(asked.state)
    return [MailView.of(mail) for mail in await ports.ledger.mails(state=state)]


async def send_mails(ports: Ports, asked: SendMails) -> list[MailView]:
    """Queue mails again and return them; a mail whose meeting has passed stays unsent."""
    if not ports.mailer.is_configured:
        raise Conflict("No mail can leave: set mail.host first, and restart Daybook.")
    unsent = [mail.id for mail in await _unsent(ports)]
    bounced = [mail.id for mail in await ports.ledger.mails(state=MailState.BOUNCED)]
    for id_ in asked.ids:
        if id_ not in {*unsent, *bounced}:
            raise NotFound(f"There is no mail {id_} that failed, was not sent or came back.")
    now = ports.clock.now()
    wanted = asked.ids or unsent
    queued = {id_ for id_ in wanted if await send_by_hand(ports, id_, now)}
    return [MailView.of(mail) for mail in await ports.ledger.mails() if mail.id in queued]


async def _unsent(ports: Ports) -> list[QueuedMail]:
    return [
        *await ports.ledger.mails(state=MailState.FAILED),
        *await ports.ledger.mails(state=MailState.NOT_SENT),
    ]
