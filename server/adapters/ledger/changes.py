"""Changes of bookings, from intent to settlement: the transactions that a booking stands on."""

import logging
import sqlite3
from collections.abc import Sequence

import msgspec

from server.adapters.ledger import claims, invites, outbox, rotation, timed
from server.adapters.ledger.database import Database
from server.adapters.ledger.mirror import ClaimsMirror
from server.domain.booking import ACTIVE
from server.domain.happenings import Happening
from server.domain.identity import BookingId, Home
from server.domain.invites import InviteUse
from server.ports import (
    AuditEntry,
    Claim,
    Intent,
    Meeting,
    Overtaken,
    Repeated,
    Settlement,
    StagedWrite,
    Timetable,
    Turn,
)

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()
_writes = msgspec.json.Decoder(tuple[StagedWrite, ...])
_settlement = msgspec.json.Decoder(Settlement)


class Changes:
    """Begins, settles and releases intents; keeps the mirror of claims true."""

    def __init__(self, database: Database, mirror: ClaimsMirror) -> None:
        self._database = database
        self._mirror = mirror

    async def begin(
        self,
        intent: Intent,
        claims: Sequence[Claim],
        use: InviteUse | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Record intent, claims, use and turn together. Raises `Taken`, `Repeated`, `Overtaken`, `UsedUp` or `TurnMoved`."""
        await self._database.write(
            lambda connection: _begin(connection, intent, claims, use, turn),
            lambda _: self._mirror.change((), claims),
        )

    async def settle(self, intent: Intent) -> None:
        """Make the settlement true, queue its mails, drop the booking's other claims and the intent; idempotent."""
        dropped = await self._database.write(lambda connection: _settle(connection, intent), self._dropped)
        if dropped is not None:
            done = intent.settlement
            tell_log(done.booking, done.happenings, unannounced=done.unannounced)

    async def release(self, intent: Intent) -> None:
        """Forget the intent, its claims and its key, as if it had never been; nothing once it is settled."""
        await self._database.write(lambda connection: _release(connection, intent), self._dropped)

    async def intents(self, begun_before: int) -> Sequence[Intent]:
        """Return the intents begun before an instant (epoch seconds), oldest first."""
        return await self._database.read(lambda connection: _begun(connection, begun_before))

    async def booking_by_key(self, key: str) -> BookingId | None:
        """Return the booking that was made with a key, if the key is remembered."""
        return await self._database.read(lambda connection: _booking_of(connection, key))

    async def person_by_key(self, key: str) -> int:
        """Return the number of who came by a key, 1 for one that is not remembered."""
        return await self._database.read(lambda connection: _person_of(connection, key))

    def _dropped(self, dropped: Sequence[Claim] | None) -> None:
        self._mirror.change(dropped or (), ())


def _begin(
    connection: sqlite3.Connection,
    intent: Intent,
    wanted: Sequence[Claim],
    use: InviteUse | None,
    turn: Turn | None,
) -> None:
    if intent.key is not None and (made := _booking_of(connection, intent.key)) is not None:
        raise Repeated(made)
    if _revision(connection, intent.settlement.booking) != intent.expected_revision:
        raise Overtaken
    if use is not None:
        invites.take(connection, use, intent.settlement.booking, intent.settlement.person)
    if turn is not None:
        rotation.take(connection, turn, intent)
    _insert_intent(connection, intent)
    for claim in wanted:
        claims.insert(connection, claim, intent.id)
    if intent.key is not None:
        connection.execute(
            "INSERT INTO keys (key, booking, person, made_at) VALUES (:key, :booking, :person, :made_at)",
            {
                "key": intent.key,
                "booking": intent.settlement.booking,
                "person": intent.settlement.person or 1,
                "made_at": intent.begun_at,
            },
        )


def _settle(connection: sqlite3.Connection, intent: Intent) -> Sequence[Claim] | None:
    if not _delete_intent(connection, intent):
        return None
    done = intent.settlement
    values = msgspec.to_builtins(done)
    _put_booking(connection, values)
    add_to_trail(connection, done)
    outbox.queue(connection, done)
    timed.follow(connection, done.booking, done.revision, _timetable(done))
    put_meetings(connection, done.booking, done.meetings if done.status in ACTIVE else None)
    if done.team is not None:
        rotation.keep(connection, intent)
    keeps = intent.id if done.status in ACTIVE else None
    return claims.delete_of_booking(connection, done.booking, except_of=keeps)


def _release(connection: sqlite3.Connection, intent: Intent) -> Sequence[Claim]:
    if not _delete_intent(connection, intent):
        return ()
    connection.execute("DELETE FROM keys WHERE key = :key", {"key": intent.key})
    if intent.expected_revision is None or intent.settlement.person:
        invites.give_back(connection, intent.settlement.booking, intent.settlement.person)
    if intent.settlement.team is not None:
        rotation.give_back(connection, intent)
    return claims.delete_of_intent(connection, intent.id, intent.settlement.booking)


def _insert_intent(connection: sqlite3.Connection, intent: Intent) -> None:
    try:
        connection.execute(
            """
            INSERT INTO intents (booking, id, home, expected_revision, key, begun_at, writes, settlement)
            VALUES (:booking, :id, :home, :expected_revision, :key, :begun_at, :writes, :settlement)
            """,
            {
                "id": intent.id,
                "booking": intent.settlement.booking,
                "home": intent.home,
                "expected_revision": intent.expected_revision,
                "key": intent.key,
                "begun_at": intent.begun_at,
                "writes": _encoder.encode(intent.writes).decode(),
                "settlement": _encoder.encode(intent.settlement).decode(),
            },
        )
    except sqlite3.IntegrityError as error:
        raise Overtaken from error


def _delete_intent(connection: sqlite3.Connection, intent: Intent) -> bool:
    cursor = connection.execute(
        "DELETE FROM intents WHERE booking = :booking AND id = :id",
        {"booking": intent.settlement.booking, "id": intent.id},
    )
    return cursor.rowcount == 1


def _put_booking(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    connection.execute(
        """
        INSERT INTO bookings
            (id, number, home, uid, event_type, calendar, href, etag, status, revision, sent_sequence, created_at,
            ends_at, co_hosts, team, attendance)
        VALUES
            (:booking, :number, :home, :uid, :event_type, :calendar, :href, :etag, :status, :revision, :sequence, :at,
            :ends, :co_hosts, :team, :attendance)
        ON CONFLICT (id) DO UPDATE SET
            home = excluded.home,
            event_type = excluded.event_type,
            calendar = excluded.calendar,
            href = excluded.href,
            etag = excluded.etag,
            status = excluded.status,
            revision = excluded.revision,
            sent_sequence = max(sent_sequence, excluded.sent_sequence),
            missing_since = NULL,
            ends_at = excluded.ends_at,
            co_hosts = excluded.co_hosts,
            team = excluded.team,
            attendance = excluded.attendance
        """,
        {
            **values,
            "co_hosts": _encoder.encode(values["co_hosts"]).decode(),
            "attendance": _encoder.encode(values["attendance"]).decode(),
            "ends": values["ends"] if values["meetings"] is None else None,
        },
    )


def put_meetings(
    connection: sqlite3.Connection, booking: BookingId, meetings: Sequence[Meeting] | None
) -> None:
    """Put what takes place of a series in the place of what was known of it; what has taken its time stays."""
    connection.execute(
        "DELETE FROM meetings WHERE booking = :booking AND completed_at IS NULL", {"booking": booking}
    )
    connection.executemany(
        """
        INSERT INTO meetings (booking, original, ends) VALUES (:booking, :original, :ends)
        ON CONFLICT (booking, original) DO NOTHING
        """,
        [{"booking": booking, "original": one.original, "ends": one.ends} for one in meetings or ()],
    )


def add_to_trail(connection: sqlite3.Connection, entry: AuditEntry | Settlement) -> None:
    """Add an entry to the end of a booking's trail."""
    connection.execute(
        """
        INSERT INTO trail (booking, entry, revision, action, actor, at, unannounced, happenings, home, concerns)
        SELECT :booking, coalesce(max(entry), 0) + 1, :revision, :action, :actor, :at, :unannounced, :happenings, :home,
            :concerns
        FROM trail WHERE booking = :booking
        """,
        {
            "booking": entry.booking,
            "revision": entry.revision,
            "action": entry.action,
            "actor": entry.actor,
            "at": entry.at,
            "unannounced": entry.unannounced,
            "happenings": " ".join(entry.happenings),
            "home": entry.home,
            "concerns": entry.concerns,
        },
    )


def tell_log(booking: BookingId, happenings: Sequence[Happening], *, unannounced: bool = False) -> None:
    """Log what happened to a booking, by the name it has outside; of its people nothing."""
    for happening in happenings:
        log.info(happening.value, extra={"booking": booking, "unannounced": unannounced})


def _timetable(done: Settlement) -> Timetable:
    return Timetable(done.at, done.starts, done.ends, done.timed, done.meetings)


def _revision(connection: sqlite3.Connection, booking: BookingId) -> int | None:
    row = connection.execute("SELECT revision FROM bookings WHERE id = :id", {"id": booking}).fetchone()
    return None if row is None else int(row[0])


def _booking_of(connection: sqlite3.Connection, key: str) -> BookingId | None:
    row = connection.execute("SELECT booking FROM keys WHERE key = :key", {"key": key}).fetchone()
    return None if row is None else BookingId(row[0])


def _person_of(connection: sqlite3.Connection, key: str) -> int:
    row = connection.execute("SELECT person FROM keys WHERE key = :key", {"key": key}).fetchone()
    return 1 if row is None else int(row[0])


def _begun(connection: sqlite3.Connection, begun_before: int) -> Sequence[Intent]:
    rows = connection.execute(
        """
        SELECT id, home, writes, settlement, expected_revision, key, begun_at FROM intents
        WHERE begun_at < :begun_before ORDER BY begun_at, id
        """,
        {"begun_before": begun_before},
    )
    return [
        Intent(
            id_, Home(home), _writes.decode(writes), _settlement.decode(settlement), revision, key, begun_at
        )
        for id_, home, writes, settlement, revision, key, begun_at in rows
    ]
