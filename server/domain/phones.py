"""Phone numbers that a message can be sent to: E.164, a plus and at most 15 digits."""

import re

from server.domain.plain import sentence

CHARS_MAX = 40
WRONG = sentence("Please enter a mobile number with its country code, like +49 151 12345678.")

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_GROUPING = re.compile(r"[\s()./\-\u2010-\u2013\u00a0\u202f]+")


def e164(text: str) -> str | None:
    """Return the number that people write so: grouped as they like, 00 for the plus; None when it has no country code."""
    bare = _GROUPING.sub("", text.replace("(0)", ""))
    number = f"+{bare[2:]}" if bare.startswith("00") else bare
    return number if len(text) <= CHARS_MAX and _E164.fullmatch(number) else None
