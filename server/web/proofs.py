"""Proof of work: a number that makes a hash begin with zeros costs who asks a moment, and a robot that asks for thousands days.

The puzzle is the ticket itself, so it is ours, fresh, for one form and one booking; nothing is stored, nobody else is asked.
"""

from hashlib import sha256

BITS_MAX = 24
"""Twice as long with each bit; 24 take a computer a minute or more."""

ANSWER_CHARS_MAX = 20


def is_proven(puzzle: str, answer: str, bits: int) -> bool:
    """Tell whether SHA-256 of `puzzle`, a dot and the digits of `answer` begins with so many zero bits."""
    if not (answer.isascii() and answer.isdecimal() and len(answer) <= ANSWER_CHARS_MAX):
        return False
    digest = sha256(f"{puzzle}.{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
