"""Claims as rows: each function is one statement of a caller's transaction."""

import sqlite3
from collections.abc import Sequence

from server.domain.identity import BookingId, Home
from server.ports import Claim, Taken

_OVERLAP = frozenset({"SQLITE_CONSTRAINT_TRIGGER", "SQLITE_CONSTRAINT_UNIQUE"})

Row = tuple[str, int, str, int, int, int, int, int]


def load(connection: sqlite3.Connection) -> Sequence[Claim]:
    """Return every claim there is."""
    rows = connection.execute(
        "SELECT booking, revision, home, starts, ends, held_from, held_to, by_guest FROM claims"
    )
    return [_claim(row) for row in rows]


def insert(connection: sqlite3.Connection, claim: Claim, intent: str | None) -> None:
    """Add a claim that belongs to `intent`, or that follows the calendar; raises Taken."""
    try:
        connection.execute(
            """
            INSERT INTO claims
                (booking, revision, home, starts, ends, held_from, held_to, by_guest, intent, guards_start)
            VALUES
                (:booking, :revision, :home, :starts, :ends, :held_from, :held_to, :by_guest, :intent, :by_guest
                AND NOT EXISTS (SELECT 1 FROM claims WHERE booking = :booking AND home = :home AND starts = :starts))
            """,
            {
                "booking": claim.booking,
                "revision": claim.revision,
                "home": claim.home,
                "starts": claim.span[0],
                "ends": claim.span[1],
                "held_from": claim.held[0],
                "held_to": claim.held[1],
                "by_guest": int(claim.by_guest),
                "intent": intent,
            },
        )
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorname in _OVERLAP:
            raise Taken from error
        raise


def delete_of_intent(connection: sqlite3.Connection, intent: str, booking: BookingId) -> Sequence[Claim]:
    """Remove the claim that an intent made; return what was removed."""
    rows = connection.execute(
        """
        DELETE FROM claims WHERE booking = :booking AND intent = :intent
        RETURNING booking, revision, home, starts, ends, held_from, held_to, by_guest
        """,
        {"booking": booking, "intent": intent},
    )
    return [_claim(row) for row in rows.fetchall()]


def delete_of_booking(
    connection: sqlite3.Connection, booking: BookingId, *, except_of: str | None = None
) -> Sequence[Claim]:
    """Remove a booking's claims, but not that of the intent `except_of`; return what was removed."""
    rows = connection.execute(
        """
        DELETE FROM claims WHERE booking = :booking AND (:except_of IS NULL OR intent IS NOT :except_of)
        RETURNING booking, revision, home, starts, ends, held_from, held_to, by_guest
        """,
        {"booking": booking, "except_of": except_of},
    )
    return [_claim(row) for row in rows.fetchall()]


def delete_past(connection: sqlite3.Connection, before: int) -> Sequence[Claim]:
    """Remove the claims that ended before an instant, of which nobody can want a part any more; return them."""
    rows = connection.execute(
        """
        DELETE FROM claims WHERE held_to < :before AND ends < :before
        RETURNING booking, revision, home, starts, ends, held_from, held_to, by_guest
        """,
        {"before": before},
    )
    return [_claim(row) for row in rows.fetchall()]


def _claim(row: Row) -> Claim:
    booking, revision, home, starts, ends, held_from, held_to, by_guest = row
    return Claim(
        BookingId(booking), revision, Home(home), (starts, ends), (held_from, held_to), bool(by_guest)
    )
