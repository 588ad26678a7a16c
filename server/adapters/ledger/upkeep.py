"""Forgetting what is old, and proving that the file can be written."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger import claims, repeats, timed
from server.adapters.ledger.database import Database
from server.adapters.ledger.mirror import ClaimsMirror
from server.domain.errors import Unavailable
from server.ports import Claim

KEY_KEPT_S = 86_400
MAIL_KEPT_S = 90 * 86_400
CLAIM_KEPT_S = 86_400


class Upkeep:
    """What time and operators ask of the file."""

    def __init__(self, database: Database, mirror: ClaimsMirror) -> None:
        self._database = database
        self._mirror = mirror

    async def prune(self, now: int) -> None:
        """Forget keys after 24 hours, finished mails after 90 days, claims a day after their time.

        What a clock that ran ahead took for expired waits again.
        """
        await self._database.write(lambda connection: _prune(connection, now), self._mirror.forget)

    async def probe(self) -> None:
        """Write a row and read it back from the file; raises Unavailable."""
        written = await self._database.write(_count_up)
        if await self._database.read(_count) < written:
            raise Unavailable("The database does not keep what is written.")


def _prune(connection: sqlite3.Connection, now: int) -> Sequence[Claim]:
    connection.execute("DELETE FROM keys WHERE made_at < :before", {"before": now - KEY_KEPT_S})
    connection.execute(
        "DELETE FROM outbox WHERE finished_at IS NOT NULL AND finished_at < :before",
        {"before": now - MAIL_KEPT_S},
    )
    repeats.delete_before(connection, now - KEY_KEPT_S)
    timed.revive(connection, now)
    return claims.delete_past(connection, now - CLAIM_KEPT_S)


def _count_up(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE probe SET count = count + 1 WHERE id = 1")
    return _count(connection)


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count FROM probe WHERE id = 1").fetchone()[0])
