"""Uses of invites as rows, and their mails in the outbox."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence

import msgspec

from server.adapters.ledger.database import Database
from server.domain.identity import BookingId
from server.domain.invites import Invite, InviteId, InviteUse
from server.ports import MailKind, UsedUp


class InviteUses:
    """Which bookings were made by invite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invite_uses(self, invites: Collection[InviteId]) -> Mapping[InviteId, Sequence[BookingId]]:
        """Return the bookings made by each of these invites; those that were never used are not in it."""
        return await self._database.read(lambda connection: _uses(connection, invites))

    async def forget_invites(self, invites: Collection[InviteId]) -> None:
        """Forget the uses of invites that are gone."""
        await self._database.write(lambda connection: _forget(connection, invites))

    async def queue_invites(self, invites: Sequence[Invite], now: int) -> None:
        """Queue a mail for each invite, due at `now` (epoch seconds); it expires with the invite."""
        await self._database.write(lambda connection: _queue(connection, invites, now))


def take(connection: sqlite3.Connection, use: InviteUse, booking: BookingId, person: int) -> None:
    """Take a use for one of the people of a booking, within a caller's transaction; raises UsedUp."""
    taken = connection.execute(
        "SELECT count(*) FROM invite_uses WHERE invite = :invite", {"invite": use.invite}
    ).fetchone()
    if int(taken[0]) >= use.uses_max:
        raise UsedUp
    connection.execute(
        "INSERT INTO invite_uses (invite, booking, person) VALUES (:invite, :booking, :person)",
        {"invite": use.invite, "booking": booking, "person": person or 1},
    )


def give_back(connection: sqlite3.Connection, booking: BookingId, person: int) -> None:
    """Forget the use of who never came to be part of a booking, within a caller's transaction."""
    connection.execute(
        "DELETE FROM invite_uses WHERE booking = :booking AND person = :person",
        {"booking": booking, "person": person or 1},
    )


def _uses(
    connection: sqlite3.Connection, invites: Collection[InviteId]
) -> Mapping[InviteId, Sequence[BookingId]]:
    rows = connection.execute(
        """
        SELECT invite, booking FROM invite_uses
        WHERE invite IN (SELECT value FROM json_each(:invites)) ORDER BY invite, booking, person
        """,
        {"invites": _json(invites)},
    )
    found: dict[InviteId, list[BookingId]] = {}
    for invite, booking in rows:
        found.setdefault(InviteId(invite), []).append(BookingId(booking))
    return found


def _forget(connection: sqlite3.Connection, invites: Collection[InviteId]) -> None:
    connection.execute(
        "DELETE FROM invite_uses WHERE invite IN (SELECT value FROM json_each(:invites))",
        {"invites": _json(invites)},
    )


def _queue(connection: sqlite3.Connection, invites: Sequence[Invite], now: int) -> None:
    connection.executemany(
        """
        INSERT INTO outbox (booking, invite, revision, kind, recipient, due_at, expires_at)
        VALUES ('', :invite, :generation, :kind, 1, :now, :expires_at)
        """,
        [
            {
                "invite": one.id,
                "generation": one.generation,
                "kind": MailKind.INVITE,
                "now": now,
                "expires_at": int(one.expires_at.timestamp()),
            }
            for one in invites
        ],
    )


def _json(invites: Collection[InviteId]) -> str:
    return msgspec.json.encode(list(invites)).decode()
