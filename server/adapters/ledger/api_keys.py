"""API keys as rows."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.database import Database
from server.domain.identity import Home
from server.domain.permissions import Permission
from server.ports import ApiKey


class ApiKeys:
    """Which programs may use the API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; it may be used from now on."""
        await self._database.write(lambda connection: _add(connection, key))

    async def api_key(self, digest: str) -> ApiKey | None:
        """Return the key with this digest; None for the one of a disabled account."""
        return await self._database.read(lambda connection: _by_digest(connection, digest))

    async def api_keys(self) -> Sequence[ApiKey]:
        """Return all keys, oldest first."""
        return await self._database.read(_all)

    async def use_api_key(self, id_: str, at: int) -> None:
        """Record that a key was used; an earlier instant than the recorded one changes nothing."""
        await self._database.write(lambda connection: _use(connection, id_, at))

    async def revoke_api_key(self, id_: str) -> bool:
        """Forget a key; tell whether there was one. It opens nothing from then on."""
        return await self._database.write(lambda connection: _revoke(connection, id_))


def _add(connection: sqlite3.Connection, key: ApiKey) -> None:
    connection.execute(
        """
        INSERT INTO api_keys (id, home, digest, permissions, is_test, made_at, used_at)
        VALUES (:id, :home, :digest, :permissions, :is_test, :made_at, :used_at)
        """,
        {
            "id": key.id,
            "home": key.home,
            "digest": key.digest,
            "permissions": " ".join(sorted(key.permissions)),
            "is_test": key.is_test,
            "made_at": key.made_at,
            "used_at": key.used_at,
        },
    )


def _by_digest(connection: sqlite3.Connection, digest: str) -> ApiKey | None:
    row = connection.execute(
        """
        SELECT id, home, digest, permissions, is_test, made_at, used_at FROM api_keys
        WHERE digest = :digest
            AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.login = api_keys.home AND disabled)
        """,
        {"digest": digest},
    ).fetchone()
    return None if row is None else _key(row)


def _all(connection: sqlite3.Connection) -> Sequence[ApiKey]:
    rows = connection.execute(
        "SELECT id, home, digest, permissions, is_test, made_at, used_at FROM api_keys ORDER BY made_at, id"
    )
    return [_key(row) for row in rows]


def _use(connection: sqlite3.Connection, id_: str, at: int) -> None:
    connection.execute(
        "UPDATE api_keys SET used_at = max(coalesce(used_at, :at), :at) WHERE id = :id",
        {"id": id_, "at": at},
    )


def _revoke(connection: sqlite3.Connection, id_: str) -> bool:
    return connection.execute("DELETE FROM api_keys WHERE id = :id", {"id": id_}).rowcount == 1


def _key(row: tuple[str, str | None, str, str, int, int, int | None]) -> ApiKey:
    id_, home, digest, permissions, is_test, made_at, used_at = row
    return ApiKey(
        id=id_,
        home=None if home is None else Home(home),
        digest=digest,
        permissions=frozenset(map(Permission, permissions.split())),
        is_test=bool(is_test),
        made_at=made_at,
        used_at=used_at,
    )
