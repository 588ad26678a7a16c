"""Turns as rows: the last one of a host is where they stand. What `begin`, `settle` and `release` do to them is theirs."""

import sqlite3

from server.adapters.ledger.database import Database
from server.domain.hosts import Cursor, Wheel
from server.domain.identity import EventTypeId, Home
from server.ports import Intent, Turn, TurnMoved


class Rotations:
    """Knows whose turn it was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wheel(self, event_type: EventTypeId) -> Wheel:
        """Return the present cursors of an event type, those of turns that are not settled yet included."""
        return await self._database.read(lambda connection: _wheel(connection, event_type))

    async def forget_turns(self, event_type: EventTypeId) -> None:
        """Forget the turns of an event type that is gone."""
        await self._database.write(
            lambda connection: connection.execute(
                "DELETE FROM turns WHERE event_type = :event_type", {"event_type": event_type}
            )
        )


def take(connection: sqlite3.Connection, turn: Turn, intent: Intent) -> None:
    """Take a turn, within a caller's transaction; raises TurnMoved when it is not the next one any more."""
    row = connection.execute(
        "SELECT coalesce(max(turn), 0) FROM turns WHERE event_type = :event_type",
        {"event_type": turn.event_type},
    ).fetchone()
    if int(row[0]) + 1 != turn.cursor.turn:
        raise TurnMoved
    connection.execute(
        """
        INSERT INTO turns (event_type, turn, home, mileage, cost, intent)
        VALUES (:event_type, :turn, :home, :mileage, :cost, :intent)
        """,
        {
            "event_type": turn.event_type,
            "turn": turn.cursor.turn,
            "home": turn.cursor.home,
            "mileage": turn.cursor.mileage,
            "cost": turn.cursor.cost,
            "intent": intent.id,
        },
    )


def keep(connection: sqlite3.Connection, intent: Intent) -> None:
    """Forget the turns before the one that a settled change took, but not those that may still be given back."""
    connection.execute(
        """
        DELETE FROM turns AS earlier WHERE event_type = :event_type AND EXISTS (
            SELECT 1 FROM turns AS kept
            WHERE kept.event_type = :event_type AND kept.intent = :intent
                AND kept.home = earlier.home AND kept.turn > earlier.turn
        )
        AND NOT EXISTS (SELECT 1 FROM intents WHERE intents.id = earlier.intent)
        """,
        {"event_type": intent.settlement.event_type, "intent": intent.id},
    )


def give_back(connection: sqlite3.Connection, intent: Intent) -> None:
    """Undo the turn that a change took which never came to be, within a caller's transaction."""
    rows = connection.execute(
        """
        DELETE FROM turns WHERE event_type = :event_type AND intent = :intent RETURNING turn, home, cost
        """,
        {"event_type": intent.settlement.event_type, "intent": intent.id},
    )
    for turn, home, cost in rows.fetchall():
        connection.execute(
            """
            UPDATE turns SET mileage = mileage - :cost
            WHERE event_type = :event_type AND home = :home AND turn > :turn
            """,
            {"event_type": intent.settlement.event_type, "home": home, "turn": turn, "cost": cost},
        )


def _wheel(connection: sqlite3.Connection, event_type: EventTypeId) -> Wheel:
    rows = connection.execute(
        "SELECT home, max(turn), mileage, cost FROM turns WHERE event_type = :event_type GROUP BY home",
        {"event_type": event_type},
    )
    # SQLite takes the bare columns from the row that has the maximum.
    return Wheel(tuple(Cursor(Home(home), turn, mileage, cost) for home, turn, mileage, cost in rows))
