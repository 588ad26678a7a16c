"""What leaves a while before a meeting: its rows follow the start. Each function is part of a caller's transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.identity import BookingId
from server.domain.reminders import Channel
from server.ports import MailKind, TimedMail, Timetable


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    what: TimedMail
    state: str
    expires_at: int


def follow(connection: sqlite3.Connection, booking: BookingId, revision: int, timetable: Timetable) -> None:
    """Supersede what waits and is not wanted as it is; queue what is wanted anew and still to come."""
    rows = _rows(connection, booking)
    wanted = {(one, starts) for starts in timetable.all_starts for one in timetable.timed}
    waiting = [row for row in rows if row.state == "queued"]
    kept = [row for row in waiting if (row.what, row.expires_at) in wanted]
    _supersede(connection, [row.id for row in waiting if row not in kept], timetable.at)
    _raise(connection, [row.id for row in kept], revision)
    # What has left for this start does not leave again, not even when a clock was put back.
    known = {(row.what, row.expires_at) for row in rows if row.state not in {"superseded", "expired"}}
    for starts in timetable.all_starts:
        fresh = [one for one in timetable.timed if (one, starts) not in known]
        _queue(connection, booking, revision, fresh, starts, timetable.at)


def revive(connection: sqlite3.Connection, now: int) -> None:
    """Let wait again what expired before its time: the clock ran ahead and was put right."""
    connection.execute(
        """
        UPDATE outbox SET state = 'queued', error = NULL, finished_at = NULL
        WHERE state = 'expired' AND offset_min IS NOT NULL AND expires_at > :now
        """,
        {"now": now},
    )


def due_at(one: TimedMail, starts: int) -> int:
    """Return the instant at which a message leaves."""
    return starts - one.offset_min * 60


def _rows(connection: sqlite3.Connection, booking: BookingId) -> Sequence[_Row]:
    rows = connection.execute(
        """
        SELECT id, kind, recipient, channel, offset_min, state, expires_at FROM outbox
        WHERE booking = :booking AND offset_min IS NOT NULL
        """,
        {"booking": booking},
    )
    return [
        _Row(id_, TimedMail(MailKind(kind), recipient, Channel(channel), offset_min), state, expires_at)
        for id_, kind, recipient, channel, offset_min, state, expires_at in rows
    ]


def _supersede(connection: sqlite3.Connection, ids: Sequence[int], at: int) -> None:
    connection.executemany(
        "UPDATE outbox SET state = 'superseded', error = NULL, finished_at = :at WHERE id = :id",
        [{"id": id_, "at": at} for id_ in ids],
    )


def _raise(connection: sqlite3.Connection, ids: Sequence[int], revision: int) -> None:
    connection.executemany(
        "UPDATE outbox SET revision = :revision WHERE id = :id",
        [{"id": id_, "revision": revision} for id_ in ids],
    )


def _queue(
    connection: sqlite3.Connection,
    booking: BookingId,
    revision: int,
    fresh: Sequence[TimedMail],
    starts: int,
    now: int,
) -> None:
    connection.executemany(
        """
        INSERT INTO outbox (booking, revision, kind, recipient, due_at, expires_at, channel, offset_min)
        VALUES (:booking, :revision, :kind, :recipient, :due_at, :expires_at, :channel, :offset_min)
        """,
        [
            {
                "booking": booking,
                "revision": revision,
                "kind": one.kind,
                "recipient": one.recipient,
                "due_at": due_at(one, starts),
                "expires_at": starts,
                "channel": one.channel,
                "offset_min": one.offset_min,
            }
            for one in fresh
            if due_at(one, starts) > now
        ],
    )
