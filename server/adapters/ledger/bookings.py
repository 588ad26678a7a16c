"""What is known of bookings beside their calendar objects."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence

import msgspec

from server.adapters.ledger import claims as all_claims
from server.adapters.ledger import timed
from server.adapters.ledger.changes import put_meetings
from server.adapters.ledger.database import Database
from server.adapters.ledger.mirror import ClaimsMirror
from server.domain.booking import QUIET, Action, Actor, Attendance, Status
from server.domain.happenings import Happening
from server.domain.identity import BookingId, CalendarPath, Etag, EventTypeId, Home, Href, Uid
from server.ports import AuditEntry, BookingRecord, Claim, Timetable

_SELECT = (
    "SELECT id, number, home, uid, event_type, calendar, href, etag, status, revision, sent_sequence, created_at, "
    "missing_since, generations, "
    "(SELECT json_group_array(json_array(trail.revision, action)) FROM trail WHERE trail.booking = bookings.id), "
    "co_hosts, team, attendance FROM bookings "
)
_ACTIVE = "status IN ('pending_payment', 'pending', 'confirmed')"

_generations = msgspec.json.Decoder(dict[int, int])
_homes = msgspec.json.Decoder(list[str])
_attendance = msgspec.json.Decoder(list[tuple[int, Attendance]])
_trail_of = msgspec.json.Decoder(list[tuple[int, Action]])


class Bookings:
    """Reads records and trails; follows what calendar clients do."""

    def __init__(self, database: Database, mirror: ClaimsMirror) -> None:
        self._database = database
        self._mirror = mirror

    async def booking(self, id_: BookingId) -> BookingRecord | None:
        """Return what is known of a booking."""
        return await self._database.read(lambda connection: _by_id(connection, id_))

    async def bookings_by_id(self, ids: Collection[BookingId]) -> Mapping[BookingId, BookingRecord]:
        """Return what is known of several bookings; those are left out of which nothing is."""
        wanted = msgspec.json.encode(list(ids)).decode()
        return await self._database.read(lambda connection: _by_ids(connection, wanted))

    async def booking_by_uid(self, uid: Uid) -> BookingRecord | None:
        """Return what is known of the booking with this UID."""
        return await self._database.read(lambda connection: _by_uid(connection, uid))

    async def bookings(
        self, *, home: Home | None = None, active_only: bool = False, status: Status | None = None
    ) -> Sequence[BookingRecord]:
        """Return booking records by number."""
        return await self._database.read(lambda connection: _list(connection, home, active_only, status))

    async def trail(self, id_: BookingId) -> Sequence[AuditEntry]:
        """Return a booking's audit trail, oldest first."""
        return await self._database.read(lambda connection: _trail(connection, id_))

    async def follow(
        self,
        seen: BookingRecord,
        *,
        place: tuple[CalendarPath, Href, Etag] | None,
        claims: Sequence[Claim],
        missing_since: int | None,
        timetable: Timetable | None = None,
    ) -> bool:
        """Record what a client did to the booking's object; False, and nothing done, when it is no more as `seen`."""

        def work(connection: sqlite3.Connection) -> Sequence[Claim] | None:
            if not _move(connection, seen, place, missing_since, timetable):
                return None
            if timetable is not None:
                timed.follow(connection, seen.id, seen.revision, timetable)
            put_meetings(connection, seen.id, None if timetable is None else timetable.meetings)
            dropped = all_claims.delete_of_booking(connection, seen.id)
            for claim in claims:
                all_claims.insert(connection, claim, None)
            return dropped

        def committed(dropped: Sequence[Claim] | None) -> None:
            if dropped is not None:
                self._mirror.change(dropped, claims)

        return await self._database.write(work, committed) is not None

    async def raise_generation(self, id_: BookingId, person: int) -> int:
        """Kill all links of a person to a booking; return the new generation, 0 for an unknown booking."""
        return await self._database.write(lambda connection: _raise(connection, id_, person))


def last_number(connection: sqlite3.Connection) -> int:
    """Return the highest number that a booking has or is about to have."""
    row = connection.execute(
        """
        SELECT max(
            coalesce((SELECT max(number) FROM bookings), 0),
            coalesce((SELECT max(json_extract(settlement, '$.number')) FROM intents), 0)
        )
        """
    ).fetchone()
    return int(row[0])


def _by_id(connection: sqlite3.Connection, id_: BookingId) -> BookingRecord | None:
    row = connection.execute(_SELECT + "WHERE id = :id", {"id": id_}).fetchone()
    return None if row is None else _record(row)


def _by_ids(connection: sqlite3.Connection, wanted: str) -> Mapping[BookingId, BookingRecord]:
    where = "WHERE id IN (SELECT value FROM json_each(:wanted))"
    records = map(_record, connection.execute(_SELECT + where, {"wanted": wanted}))
    return {record.id: record for record in records}


def _by_uid(connection: sqlite3.Connection, uid: Uid) -> BookingRecord | None:
    row = connection.execute(_SELECT + "WHERE uid = :uid", {"uid": uid}).fetchone()
    return None if row is None else _record(row)


def _list(
    connection: sqlite3.Connection, home: Home | None, active_only: bool, status: Status | None
) -> Sequence[BookingRecord]:
    conditions = [
        *(["home = :home"] if home is not None else []),
        *([_ACTIVE] if active_only else []),
        *(["status = :status"] if status is not None else []),
    ]
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = connection.execute(_SELECT + where + "ORDER BY number", {"home": home, "status": status})
    return [_record(row) for row in rows]


def _trail(connection: sqlite3.Connection, id_: BookingId) -> Sequence[AuditEntry]:
    rows = connection.execute(
        """
        SELECT booking, revision, action, actor, at, unannounced, happenings, home, concerns
        FROM trail
        WHERE booking = :booking ORDER BY entry
        """,
        {"booking": id_},
    )
    return [
        AuditEntry(
            BookingId(booking),
            revision,
            Action(action),
            Actor(actor),
            at,
            bool(unannounced),
            tuple(map(Happening, happenings.split())),
            Home(home),
            concerns,
        )
        for booking, revision, action, actor, at, unannounced, happenings, home, concerns in rows
    ]


def _move(
    connection: sqlite3.Connection,
    seen: BookingRecord,
    place: tuple[CalendarPath, Href, Etag] | None,
    missing_since: int | None,
    timetable: Timetable | None,
) -> bool:
    calendar, href, etag = place or (None, None, None)
    cursor = connection.execute(
        """
        UPDATE bookings SET
            calendar = coalesce(:calendar, calendar),
            href = coalesce(:href, href),
            etag = coalesce(:etag, etag),
            missing_since = :missing_since,
            ends_at = :ends_at
        WHERE id = :id
            AND revision = :seen_revision
            AND (calendar, href) = (:seen_calendar, :seen_href)
            AND etag IS :seen_etag
            AND missing_since IS :seen_missing_since
            AND NOT EXISTS (SELECT 1 FROM intents WHERE booking = :id)
        """,
        {
            "id": seen.id,
            "calendar": calendar,
            "href": href,
            "etag": etag,
            "missing_since": missing_since,
            "ends_at": None if timetable is None or timetable.meetings is not None else timetable.ends,
            "seen_revision": seen.revision,
            "seen_calendar": seen.calendar,
            "seen_href": seen.href,
            "seen_etag": seen.etag,
            "seen_missing_since": seen.missing_since,
        },
    )
    return cursor.rowcount == 1


def _raise(connection: sqlite3.Connection, id_: BookingId, person: int) -> int:
    row = connection.execute("SELECT generations FROM bookings WHERE id = :id", {"id": id_}).fetchone()
    if row is None:
        return 0
    generations = _generations.decode(row[0])
    generations[person] = generations.get(person, 0) + 1
    connection.execute(
        "UPDATE bookings SET generations = :generations WHERE id = :id",
        {"id": id_, "generations": msgspec.json.encode(generations).decode()},
    )
    return generations[person]


def _record(
    row: tuple[
        *tuple[str, int, str, str, str, str, str, str | None, str, int, int, int, int | None, str, str, str],
        str | None,
        str,
    ],
) -> BookingRecord:
    id_, number, home, uid, event_type, calendar, href, etag, status, revision, sequence, created_at = row[
        :12
    ]
    trail = _trail_of.decode(row[14])
    return BookingRecord(
        id=BookingId(id_),
        number=number,
        home=Home(home),
        uid=Uid(uid),
        event_type=EventTypeId(event_type),
        calendar=CalendarPath(calendar),
        href=Href(href),
        etag=None if etag is None else Etag(etag),
        status=Status(status),
        revision=revision,
        sent_sequence=sequence,
        created_at=created_at,
        missing_since=row[12],
        generations=_generations.decode(row[13]),
        quiet=frozenset(at for at, action in trail if action in QUIET),
        co_hosts=tuple(map(Home, _homes.decode(row[15]))),
        team=None if row[16] is None else Home(row[16]),
        attendance=dict(_attendance.decode(row[17])),
        handed_on=frozenset(at for at, action in trail if action is Action.REASSIGN),
    )
