"""What a delivery report says (RFC 3464, and RFC 6533 for addresses beyond ASCII). Strangers write these: all is bounded."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from email.policy import compat32

RECIPIENT_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
"""Where mail servers write the address that a message came for."""

KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADER_CHARS_MAX = 10_000
HEAD_CHARS_MAX = 65_536
BOUNDARY_CHARS_MAX = 200
PARTS_MAX = 10
BLOCKS_MAX = 50
UNKNOWN = "5.0.0"
"""The code of a failure whose reason is not said (RFC 3463 §3.1)."""

_BLANK = re.compile(r"(?:\r?\n){2,}")
_BLANK_LINE = re.compile(r"^\r?\n", re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def recipients(content: bytes) -> str:
    """Return the headers of a message that name whom it came for, as text."""
    head, _ = _opened(content.decode(errors="replace"))
    found = [str(value) for name in RECIPIENT_HEADERS for value in head.get_all(name, [])]
    return "\n".join(found)[:HEADER_CHARS_MAX]


def is_report(content: bytes) -> bool:
    """Tell whether a message is a delivery report, of a failure or not."""
    return next(_reports(content), None) is not None


def failure(content: bytes) -> str | None:
    """Return the status code of a delivery that has failed for good; None when the message tells of none.

    A delay is none. A failure after days of delays has a code that begins with 4, and is final all the same.
    """
    for report in _reports(content):
        for text in _BLANK.split(report.strip(), BLOCKS_MAX)[:BLOCKS_MAX]:
            block = _parsed(text)
            if str(block.get("Action", "")).strip().lower().startswith("failed"):
                found = _STATUS.search(str(block.get("Status", "")))
                return UNKNOWN if found is None else found[1]
    return None


def _reports(content: bytes) -> Iterator[str]:
    """Yield the reports in a message, groups of fields each.

    A report has its parts side by side, so none is looked for within another: Python's own reading compares each line with
    the boundaries of all parts around it, which takes a minute where somebody nests a hundred.
    """
    head, body = _opened(content.decode(errors="replace"))
    boundary = head.get_boundary() or ""
    if head.get_content_type() != "multipart/report" or not 1 <= len(boundary) <= BOUNDARY_CHARS_MAX:
        return
    line = re.compile(rf"^--{re.escape(boundary)}(?:--)?[ \t]*\r?$", re.MULTILINE)
    for text in line.split(body, PARTS_MAX)[1:PARTS_MAX]:
        part, inside = _opened(text.removeprefix("\n"))
        if part.get_content_type() in KINDS:
            yield inside


def _opened(text: str) -> tuple[Message, str]:
    """Return the headers of a message or a part, and what follows them."""
    found = _BLANK_LINE.search(text)
    head, rest = (text, "") if found is None else (text[: found.start()], text[found.end() :])
    return _parsed(head), rest


def _parsed(text: str) -> Message:
    return Parser(policy=compat32).parsestr(text[:HEAD_CHARS_MAX], headersonly=True)
