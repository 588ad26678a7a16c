"""A letter as the message that leaves: the MIME layout that mail programs were measured to understand.

    multipart/mixed
      multipart/alternative: text/plain, text/html, text/calendar (last, with its METHOD; not for the host)
      application/ics: the same bytes again, for programs that know only attachments

A reminder changes nothing, a request nothing yet: they are text and HTML alone, without a calendar object.

Everything in it follows from the letter: a repetition has the same Message-ID, Date and boundaries.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256

from server.domain.attendees import domain_of
from server.domain.booking import Attendee, Status
from server.domain.news import only_one
from server.domain.series import Occurrence
from server.domain.site import Site
from server.ical import itip
from server.ical.itip import Method
from server.ports import Letter, MailKind, Words
from server.usecases.delivery.headers import address, is_safe, sender, subject
from server.usecases.delivery.mime import binary_part, multipart, text_part

PLAIN = frozenset(
    {
        MailKind.REMINDER,
        MailKind.VERIFY,
        MailKind.REQUESTED,
        MailKind.RESCHEDULE_REQUESTED,
        MailKind.ROOM_MISSING,
        MailKind.WAITLISTED,
        MailKind.SEAT_OFFERED,
        MailKind.SEAT_LAPSED,
        MailKind.JOINED,
        MailKind.LEFT,
    }
)
"""The mails that carry no calendar object."""

ENDS = frozenset(
    {
        MailKind.CANCELLED,
        MailKind.CANCELLED_BARE,
        MailKind.DECLINED,
        MailKind.EXPIRED,
        MailKind.REMOVED,
        MailKind.UNASSIGNED,
    }
)
"""The mails that take the meeting out of their reader's calendar, if it was ever put there."""

ASKED = frozenset({MailKind.ASSIGNED, MailKind.SERIES, MailKind.SERIES_BARE})
"""The mails that carry none where they are about a request that waits."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to the mail server, and the envelope around it."""

    content: bytes
    sender: str
    recipient: str


def compose(letter: Letter, words: Words, site: Site) -> Message:
    """Return the message that carries `words` and the calendar object of `letter` to its recipient.

    Raises a permanent `MailError` for an address that cannot stand in a header.
    """
    recipient = letter.reader.email
    headers = EmailMessage(policy=SMTP if _is_ascii(site, letter) else SMTPUTF8)
    _add_headers(headers, letter, words, site)
    entity = _entity(letter, words, _own_id(letter, site))
    # The headers of the entity go on from those of the message: only an empty line ends them.
    content = headers.as_bytes().removesuffix(b"\r\n") + b"MIME-Version: 1.0\r\n" + entity
    return Message(content, address("", site.mail_address).addr_spec, address("", recipient).addr_spec)


def _add_headers(message: EmailMessage, letter: Letter, words: Words, site: Site) -> None:
    host, guest = letter.host, _who_writes(letter)
    if letter.attendee is None:
        message["From"] = address(site.name, site.mail_address)
        message["To"] = address(letter.reader.name, letter.reader.email)
        if guest.email and is_safe(guest.email):
            message["Reply-To"] = address(guest.name, guest.email)
    else:
        message["From"] = sender(host.name, site)
        message["To"] = address(letter.attendee.name, letter.attendee.email)
        message["Reply-To"] = address(host.name, host.email)
    message["Subject"] = subject(words.subject)
    message["Date"] = format_datetime(letter.due or letter.booking.changed_at)
    message["Message-ID"] = _own_id(letter, site)
    if letter.told_revision or letter.due:
        first = _message_id(letter, site, 0)
        message["In-Reply-To"] = first
        message["References"] = first
    # RFC 3834: nobody's absence note shall answer; Exchange goes by a header of its own.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def _who_writes(letter: Letter) -> Attendee:
    """Return whom the host answers: who has booked, or whose seat the letter is about."""
    return letter.about if letter.booking.is_seated and letter.about is not None else letter.booking.guest


def _entity(letter: Letter, words: Words, message_id: str) -> bytes:
    seed = sha256(message_id.encode()).hexdigest()[:32]
    readings = [text_part("text/plain", words.text), text_part("text/html", words.html)]
    method = _method(letter)
    if method is None:
        return multipart("alternative", f"=_{seed}_1", readings)
    alone = _alone(letter)
    if alone is not None:
        method, calendar = itip.only(
            letter.booking, alone, letter.host, letter.attendee, letter.link, letter.co_hosts
        )
    elif letter.kind in {MailKind.REMOVED, MailKind.UNASSIGNED}:
        calendar = itip.uninvite(letter.booking, letter.host, letter.attendee)
    elif method is Method.CANCEL:
        calendar = itip.cancel(letter.booking, letter.host, letter.attendee, letter.co_hosts)
    else:
        calendar = itip.request(letter.booking, letter.host, letter.attendee, letter.link, letter.co_hosts)
    if letter.attendee is not None:
        content_type = f'text/calendar; charset="utf-8"; method="{method.value}"; component="VEVENT"'
        readings.append(binary_part(content_type, calendar))
    invite = binary_part("application/ics", calendar, 'attachment; filename="invite.ics"')
    alternative = multipart("alternative", f"=_{seed}_1", readings)
    return multipart("mixed", f"=_{seed}_0", [alternative, invite])


def _method(letter: Letter) -> Method | None:
    """Return what the mail's calendar object asks; while a request waits, and when it ends so, nobody is sent any."""
    is_asked = letter.kind in ASKED and letter.booking.status is Status.PENDING
    waits = letter.attendee is not None and letter.booking.waiting
    if letter.kind in PLAIN or is_asked or waits:
        return None
    if letter.kind not in ENDS:
        return Method.REQUEST
    return Method.CANCEL if letter.booking.is_invited else None


def _alone(letter: Letter) -> Occurrence | None:
    """Return the meeting of a series that the mail tells of alone: its reader knows all else."""
    return None if letter.known is None else only_one(letter.known, letter.booking)


def _own_id(letter: Letter, site: Site) -> str:
    id_ = _message_id(letter, site, letter.told_revision)
    if letter.kind is MailKind.UNASSIGNED:  # who took the meeting over is "the host" of the same revision
        return id_.replace("@", f".{letter.kind.value}@", 1)
    if letter.offset_min is None:
        return id_
    # Several reminders belong to one revision, and a client may move the meeting within it.
    mark = f"{letter.kind.value}.{letter.booking.span[0]}.{letter.offset_min}"
    return id_.replace("@", f".{mark}@", 1)


def _message_id(letter: Letter, site: Site, revision: int) -> str:
    recipient = letter.number
    domain = domain_of(site.mail_address.rpartition("@")[2])
    return f"<{letter.booking.id}.{revision}.{recipient}@{domain}>"


def _is_ascii(site: Site, letter: Letter) -> bool:
    people = [letter.host.email, _who_writes(letter).email]
    people += [letter.reader.email]
    return all(email.rpartition("@")[0].isascii() for email in [site.mail_address, *people])
