"""The change that a mail tells of: who made it, when, and between whom."""

from datetime import UTC, datetime

from server.domain.booking import Actor
from server.ports import AuditEntry, Ports, QueuedMail
from server.usecases.booking import revisions


async def actor_of(ports: Ports, mail: QueuedMail) -> Actor:
    """Return who made the change."""
    entry = await _entry(ports, mail)
    return Actor.SYSTEM if entry is None else entry.actor


async def changed_at(ports: Ports, mail: QueuedMail, now: int) -> datetime:
    """Return when it was made."""
    entry = await _entry(ports, mail)
    return datetime.fromtimestamp(now if entry is None else entry.at, UTC)


async def handed(ports: Ports, mail: QueuedMail) -> tuple[str, str]:
    """Return the names of who held the meeting before the change, and after it."""
    before = await _holder(ports, mail, mail.revision - 1)
    return before, await _holder(ports, mail, mail.revision)


async def _holder(ports: Ports, mail: QueuedMail, revision: int) -> str:
    home = await revisions.home_at(ports, mail.booking, revision) or ""
    host = ports.homes.host(home)
    return home if host is None else host.name


async def _entry(ports: Ports, mail: QueuedMail) -> AuditEntry | None:
    trail = await ports.ledger.trail(mail.booking)
    return next((entry for entry in trail if entry.revision == mail.revision), None)
