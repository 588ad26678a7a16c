"""Texts as short messages carry them: 160 characters of GSM 03.38, or 70 of anything else."""

import unicodedata

GSM_CHARS_MAX = 160
UNICODE_CHARS_MAX = 70

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Characters that take the room of two."""

_TYPEWRITTEN = str.maketrans(
    {
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2026": "...",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "œ": "oe",
        "Œ": "OE",
    }
)


def plain(text: str) -> str:
    """Return `text` in GSM characters where its letters only lose accents by that; else as it is, for 70 a message."""
    typed = text.translate(_TYPEWRITTEN)
    folded = "".join(_folded(character) for character in typed)
    return folded if is_gsm(folded) else text


def is_gsm(text: str) -> bool:
    """Tell whether every character is one of GSM 03.38."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def fits(text: str) -> bool:
    """Tell whether `text` is one message."""
    if not is_gsm(text):
        return len(text.encode("utf-16-be")) // 2 <= UNICODE_CHARS_MAX
    return sum(2 if character in _EXTENDED else 1 for character in text) <= GSM_CHARS_MAX


def _folded(character: str) -> str:
    """Return the letter without its accents where GSM has none with them."""
    if character in _BASIC or character in _EXTENDED:
        return character
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return bare or character
