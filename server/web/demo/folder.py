"""Mails that lie in a folder, one file each."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

SHOWN_MAX = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.eml")


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as a list shows it."""

    name: str
    sender: str
    recipient: str
    subject: str
    date: str
    method: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail with its parts; what it does not have is empty."""

    listed: Listed
    text: str
    html: str
    ics: str
    source: bytes


def listed(folder: Path) -> list[Listed]:
    """Return the newest mails of a folder, the newest first; none where there is no folder."""
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return [_listed(file.name, _parsed(file.read_bytes())) for file in files[:SHOWN_MAX]]


def shown(folder: Path, name: str) -> Shown | None:
    """Return the mail in the file `name`; None when there is none, or it is no name of a mail."""
    if not _NAME.fullmatch(name):
        return None
    try:
        source = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    mail = _parsed(source)
    return Shown(
        _listed(name, mail),
        text=_part(mail, "text/plain"),
        html=_part(mail, "text/html"),
        ics=_part(mail, "text/calendar"),
        source=source,
    )


def _parsed(source: bytes) -> EmailMessage:
    mail = message_from_bytes(source, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _listed(name: str, mail: EmailMessage) -> Listed:
    calendar = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    return Listed(
        name=name,
        sender=str(mail.get("From", "")),
        recipient=str(mail.get("To", "")),
        subject=str(mail.get("Subject", "")),
        date=str(mail.get("Date", "")),
        method="" if calendar is None else str(calendar.get_param("method") or ""),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind:
            data = part.get_payload(decode=True)
            return data.decode(errors="replace") if isinstance(data, bytes) else ""
    return ""
