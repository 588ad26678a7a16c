"""What stands in the headers of a mail: addresses and texts of people, made harmless.

No header is built from text; display names lose the characters that structure an address list, which Python before 3.11.10
forgets to quote when it folds.
"""

import re
from email.headerregistry import Address

from server.domain.attendees import domain_of
from server.domain.plain import line
from server.domain.site import Site
from server.ports import MailError

NAME_CHARS_MAX = 64
SUBJECT_CHARS_MAX = 160

_STRUCTURE = re.compile(r'[<>()\[\]\\,;:@"]+')


def address(name: str, email: str) -> Address:
    """Return somebody's address as a header holds it; raises a permanent `MailError` for one that cannot stand there."""
    if not is_safe(email):
        raise MailError("address", permanent=True)
    username, _, domain = email.rpartition("@")
    shown = line(_STRUCTURE.sub(" ", inert(name)))[: 2 * NAME_CHARS_MAX]
    return Address(shown, username, domain_of(domain))


def sender(name: str, site: Site) -> Address:
    """Return the site's address in the name of a host."""
    return address(f"{line(name)[:NAME_CHARS_MAX]} via {site.name}", site.mail_address)


def subject(text: str) -> str:
    """Return a subject of bounded length."""
    return inert(text)[:SUBJECT_CHARS_MAX]


def inert(text: str) -> str:
    """Return `text` as one line that is not taken for an encoded word, which the email package would decode again.

    `=?utf-8?q?a=0D=0ABcc=3A…?=` has no line break until it is assigned to a header, and writes one then (Python 3.11).
    """
    return line(text).replace("=?", "= ?")


def is_safe(email: str) -> bool:
    """Tell whether an address can stand in a header as it is."""
    return "=?" not in email and email == line(email)
