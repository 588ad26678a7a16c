"""The mail of an invite: read from the home when it is sent, so that the ledger needs no address (S1.62)."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256

from server.domain.attendees import domain_of
from server.domain.errors import NotFound
from server.domain.invites import InviteId, InviteState
from server.domain.site import Site
from server.ports import InviteLetter, MailState, Ports, QueuedMail, Words
from server.usecases.delivery.headers import address, sender, subject
from server.usecases.delivery.message import Message
from server.usecases.delivery.mime import multipart, text_part
from server.usecases.delivery.unsent import Over
from server.usecases.invite.open import find_offer, link_of, uses
from server.usecases.team.find import owner_of


async def gather_invite(ports: Ports, mail: QueuedMail, id_: InviteId, now: datetime) -> InviteLetter | Over:
    """Return what an invite's mail says, or why it says nothing any more."""
    invite = ports.homes.invite(id_)
    if invite is None:
        return Over(MailState.FAILED, "no such invite")
    state = invite.state(await uses(ports, invite), now)
    if state is InviteState.EXPIRED:
        return Over(MailState.EXPIRED)
    if state is not InviteState.OPEN or invite.generation != mail.revision:
        return Over(MailState.SUPERSEDED)
    try:
        host, event_type = find_offer(ports, invite)
    except NotFound:
        return Over(MailState.FAILED, "no such event type")
    link, maker = link_of(ports, invite), owner_of(ports, invite.made_by)
    if link is None:
        return Over(MailState.NOT_SENT, "no base_url")
    return InviteLetter(
        invite=invite,
        maker=maker or host,
        host=host,
        event_type=event_type,
        link=link,
        number=mail.id,
        at=datetime.fromtimestamp(mail.due_at, UTC),
    )


def compose_invite(letter: InviteLetter, words: Words, site: Site) -> Message:
    """Return the message that carries `words` to who is invited; answers to it reach who invites.

    Raises a permanent `MailError` for an address that cannot stand in a header.
    """
    invite, maker = letter.invite, letter.maker
    people = (site.mail_address, maker.email, invite.email)
    is_ascii = all(email.rpartition("@")[0].isascii() for email in people)
    headers = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    headers["From"] = sender(maker.name, site)
    headers["To"] = address(invite.name, invite.email)
    headers["Reply-To"] = address(maker.name, maker.email)
    headers["Subject"] = subject(words.subject)
    headers["Date"] = format_datetime(letter.at)
    message_id = f"<{invite.id}.{letter.number}@{domain_of(site.mail_address.rpartition('@')[2])}>"
    headers["Message-ID"] = message_id
    # RFC 3834: nobody's absence note shall answer; Exchange goes by a header of its own.
    headers["Auto-Submitted"] = "auto-generated"
    headers["X-Auto-Response-Suppress"] = "All"
    seed = sha256(message_id.encode()).hexdigest()[:32]
    readings = [text_part("text/plain", words.text), text_part("text/html", words.html)]
    content = headers.as_bytes().removesuffix(b"\r\n") + b"MIME-Version: 1.0\r\n"
    return Message(
        content + multipart("alternative", f"=_{seed}_1", readings),
        address("", site.mail_address).addr_spec,
        address("", invite.email).addr_spec,
    )
