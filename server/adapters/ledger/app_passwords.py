"""App passwords as rows."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.database import Database
from server.domain.identity import Home
from server.ports import AppPassword


class AppPasswords:
    """Which programs may sign in beside the accounts themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_app_password(self, password: AppPassword) -> None:
        """Keep an app password; it opens the home from now on."""
        await self._database.write(lambda connection: _add(connection, password))

    async def app_password(self, digest: str) -> AppPassword | None:
        """Return the app password with this digest; None for the one of a disabled account."""
        return await self._database.read(lambda connection: _by_digest(connection, digest))

    async def app_passwords(self, home: Home) -> Sequence[AppPassword]:
        """Return the app passwords of a home, oldest first."""
        return await self._database.read(lambda connection: _of_home(connection, home))

    async def use_app_password(self, id_: str, at: int) -> None:
        """Record that an app password was used; an earlier instant than the recorded one changes nothing."""
        await self._database.write(lambda connection: _use(connection, id_, at))

    async def revoke_app_password(self, id_: str) -> bool:
        """Forget an app password; tell whether there was one. It opens nothing from then on."""
        return await self._database.write(lambda connection: _revoke(connection, id_))


def _add(connection: sqlite3.Connection, password: AppPassword) -> None:
    connection.execute(
        """
        INSERT INTO app_passwords (id, home, digest, made_at, used_at)
        VALUES (:id, :home, :digest, :made_at, :used_at)
        """,
        {
            "id": password.id,
            "home": password.home,
            "digest": password.digest,
            "made_at": password.made_at,
            "used_at": password.used_at,
        },
    )


def _by_digest(connection: sqlite3.Connection, digest: str) -> AppPassword | None:
    row = connection.execute(
        """
        SELECT id, home, digest, made_at, used_at FROM app_passwords
        WHERE digest = :digest
            AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.login = app_passwords.home AND disabled)
        """,
        {"digest": digest},
    ).fetchone()
    return None if row is None else _password(row)


def _of_home(connection: sqlite3.Connection, home: Home) -> Sequence[AppPassword]:
    rows = connection.execute(
        """
        SELECT id, home, digest, made_at, used_at FROM app_passwords
        WHERE home = :home ORDER BY made_at, id
        """,
        {"home": home},
    )
    return [_password(row) for row in rows]


def _use(connection: sqlite3.Connection, id_: str, at: int) -> None:
    connection.execute(
        "UPDATE app_passwords SET used_at = max(coalesce(used_at, :at), :at) WHERE id = :id",
        {"id": id_, "at": at},
    )


def _revoke(connection: sqlite3.Connection, id_: str) -> bool:
    return connection.execute("DELETE FROM app_passwords WHERE id = :id", {"id": id_}).rowcount == 1


def _password(row: tuple[str, str, str, int, int | None]) -> AppPassword:
    id_, home, digest, made_at, used_at = row
    return AppPassword(id_, Home(home), digest, made_at, used_at)
