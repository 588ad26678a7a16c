"""What a guest may say of themselves, and what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping

from server.domain.phones import WRONG as WRONG_PHONE
from server.domain.phones import e164
from server.domain.plain import sentence

NAME_MAX = 255
EMAIL_MAX = 254
NOTES_MAX = 5000

_ADDRESS = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\s@.<>()\[\]\\,;:\"]{1,63}\.)+[^\s@.<>()\[\]\\,;:\"\d][^\s@.<>()\[\]\\,;:\"]{0,62}"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def faults(*, name: str, email: str, notes: str = "", phone: str = "") -> Mapping[str, str]:
    """Return what is wrong with a guest's particulars, field by field; empty when all is well."""
    found = {}
    if not name.strip():
        found["name"] = sentence("Please enter your name.")
    elif len(name) > NAME_MAX or has_controls(name):
        found["name"] = sentence("The name may have at most 255 characters, all on one line.")
    if not is_address(email.strip()):
        found["email"] = sentence("Please enter a mail address like name@example.org.")
    if phone.strip() and e164(phone.strip()) is None:
        found["phone"] = WRONG_PHONE
    if len(notes) > NOTES_MAX:
        found["notes"] = sentence("The notes may have at most 5000 characters.")
    elif has_controls(notes, besides="\n\r\t"):
        found["notes"] = sentence("The notes hold characters that cannot be printed.")
    return found


def is_address(text: str) -> bool:
    """Tell whether `text` can be written to: one addr-spec, no display name, no quoting, no control characters.

    "=?" begins an encoded word (RFC 2047), which may hide a line break from everybody but the mail program.
    """
    return (
        len(text) <= EMAIL_MAX
        and "=?" not in text
        and not has_controls(text)
        and _ADDRESS.fullmatch(text) is not None
    )


def domain_of(domain: str) -> str:
    """Return a domain as mail goes there, in ASCII where that can be: `ｅxample.org` and `exam\\u00adple.org` are example.org."""
    if len(domain) > EMAIL_MAX:  # no domain, and Python takes long over long words
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def is_language(text: str) -> bool:
    """Tell whether `text` has the form of a language tag, like de or zh-Hant-TW; whether anybody speaks it is not asked."""
    return _LANGUAGE.fullmatch(text) is not None


def has_controls(text: str, *, besides: str = "") -> bool:
    """Tell whether `text` has control characters, line separators or halves of surrogate pairs."""
    return any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} and c not in besides for c in text)


def one_line(text: str) -> str:
    """Return `text` trimmed and with every run of white space made one blank."""
    return " ".join(text.split())
