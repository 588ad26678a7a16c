"""Accounts and the generations of secret feed links."""

import sqlite3

from server.adapters.ledger.database import Database
from server.domain.identity import Home


class Accounts:
    """Who may sign in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def password_hash(self, login: str) -> str | None:
        """Return the argon2id hash of an account that may sign in."""
        return await self._database.read(lambda connection: _hash(connection, login))

    async def set_password_hash(self, login: str, hash_: str) -> None:
        """Create the account or replace its password; a disabled account stays disabled."""
        await self._database.write(lambda connection: _set_hash(connection, login, hash_))

    async def disable_account(self, login: str, disabled: bool) -> None:
        """Switch an account off or on again."""
        await self._database.write(lambda connection: _disable(connection, login, disabled))


class Feeds:
    """How often the secret feed links of each home were reset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def feed_generation(self, home: Home) -> int:
        """Return how often a home's secret feed links were reset."""
        return await self._database.read(lambda connection: _generation(connection, home))

    async def reset_feeds(self, home: Home) -> int:
        """Kill a home's secret feed links; return the new generation."""
        return await self._database.write(lambda connection: _reset(connection, home))


def _hash(connection: sqlite3.Connection, login: str) -> str | None:
    row = connection.execute(
        "SELECT password_hash FROM accounts WHERE login = :login AND NOT disabled", {"login": login}
    ).fetchone()
    return None if row is None else str(row[0])


def _set_hash(connection: sqlite3.Connection, login: str, hash_: str) -> None:
    connection.execute(
        """
        INSERT INTO accounts (login, password_hash) VALUES (:login, :password_hash)
        ON CONFLICT (login) DO UPDATE SET password_hash = excluded.password_hash
        """,
        {"login": login, "password_hash": hash_},
    )


def _disable(connection: sqlite3.Connection, login: str, disabled: bool) -> None:
    connection.execute(
        "UPDATE accounts SET disabled = :disabled WHERE login = :login",
        {"login": login, "disabled": int(disabled)},
    )


def _generation(connection: sqlite3.Connection, home: Home) -> int:
    row = connection.execute("SELECT generation FROM feeds WHERE home = :home", {"home": home}).fetchone()
    return 0 if row is None else int(row[0])


def _reset(connection: sqlite3.Connection, home: Home) -> int:
    rows = connection.execute(
        """
        INSERT INTO feeds (home, generation) VALUES (:home, 1)
        ON CONFLICT (home) DO UPDATE SET generation = generation + 1
        RETURNING generation
        """,
        {"home": home},
    ).fetchall()
    return int(rows[0][0])
