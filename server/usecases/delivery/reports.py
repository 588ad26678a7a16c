"""What a delivery report says (RFC 3464, and RFC 6533 for addresses beyond ASCII). Strangers write these: all is bounded."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser, Parser
from email.policy import compat32

RECIPIENT_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
"""Where mail servers write the address that a message came for."""

KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADER_CHARS_MAX = 10_000
BLOCKS_MAX = 50
UNKNOWN = "5.0.0"
"""The code of a failure whose reason is not said (RFC 3463 §3.1)."""

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def recipients(content: bytes) -> str:
    """Return the headers of a message that name whom it came for, as text."""
    head = BytesParser(policy=compat32).parsebytes(content, headersonly=True)
    found = [str(value) for name in RECIPIENT_HEADERS for value in head.get_all(name, [])]
    return "\n".join(found)[:HEADER_CHARS_MAX]


def is_report(content: bytes) -> bool:
    """Tell whether a message is a delivery report, of a failure or not."""
    return next(_parts(content), None) is not None


def failure(content: bytes) -> str | None:
    """Return the status code of a delivery that has failed for good; None when the message tells of none.

    A delay is none. A failure after days of delays has a code that begins with 4, and is final all the same.
    """
    for part in _parts(content):
        for block in _blocks(part):
            if str(block.get("Action", "")).strip().lower().startswith("failed"):
                found = _STATUS.search(str(block.get("Status", "")))
                return UNKNOWN if found is None else found[1]
    return None


def _parts(content: bytes) -> Iterator[Message]:
    try:
        message = BytesParser(policy=compat32).parsebytes(content)
    except RecursionError:  # parts within parts, a thousand deep
        return
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return
    for part in message.get_payload():
        if isinstance(part, Message) and part.get_content_type() in KINDS:
            yield part


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields: Python takes those of RFC 3464 apart, and of RFC 6533 only the first one off."""
    inside = part.get_payload()
    for block in inside[:BLOCKS_MAX] if isinstance(inside, list) else ():
        if not isinstance(block, Message):
            continue
        yield block
        rest = block.get_payload()
        if isinstance(rest, str):
            for text in re.split(r"(?:\r?\n){2,}", rest.strip())[:BLOCKS_MAX]:
                yield Parser(policy=compat32).parsestr(text, headersonly=True)
