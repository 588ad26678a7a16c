"""Mails that come back: each has an address of its own to come back to, so a report that arrives there is believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain import bounces
from server.ports import Arrived, Ports, QueuedMail
from server.usecases.delivery import reports

BATCH_MAX = 100


@dataclass(frozen=True, slots=True)
class Bounced:
    """A mail that came back, and the status code of why; nothing of what the report says beyond."""

    mail: QueuedMail
    code: str


def envelope_sender(ports: Ports, mail: QueuedMail) -> str | None:
    """Return the address that `mail` comes back to; None when no mail can come in."""
    own = ports.site.bounce_address
    return bounces.bounce_address(own, ports.secret_key, mail.id, *_bound(mail)) if own else None


async def take_in(ports: Ports, now: datetime) -> Sequence[Bounced]:
    """Read what has come in; record and return which mails came back.

    Reports of our own mails are removed, also when they tell of a delay, of what is known, or of a mail that is forgotten by
    now. All else is kept for people: it is not addressed to a mail of ours, or is no report.
    """
    found = []
    for arrived in await ports.inbox.waiting(BATCH_MAX):
        mail = await _mail_of(ports, arrived)
        if mail is None or not reports.is_report(arrived.content):
            await ports.inbox.put_aside(arrived.name)
            continue
        code = reports.failure(arrived.content)
        # Recorded before it is removed: after a crash between the two it is no news.
        if code is not None and await ports.ledger.bounce_mail(mail.id, int(now.timestamp()), code):
            found.append(Bounced(mail, code))
        await ports.inbox.remove(arrived.name)
    return found


async def _mail_of(ports: Ports, arrived: Arrived) -> QueuedMail | None:
    """Return the mail that a message came back for, as its address proves."""
    addresses = reports.recipients(arrived.content)
    for claim in bounces.read_bounces(ports.site.bounce_address, addresses):
        mail = await ports.ledger.mail(claim.mail)
        if mail is not None and bounces.proves_bounce(claim, ports.secret_key, *_bound(mail)):
            return mail
    return None


def _bound(mail: QueuedMail) -> tuple[str, ...]:
    return mail.booking, mail.invite or "", str(mail.revision), mail.kind.value, str(mail.recipient)
