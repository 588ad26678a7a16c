"""What a stream of calendar objects holds, kept on the disk until each object is whole.

The parts of one object may stand anywhere in a file of any size: a series at its beginning, the exceptions at its end. They
are sorted by SQLite in a temporary file, so that memory holds one object at a time.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from server.ical.objects import KINDS, composed
from server.ical.scan import BadCalendar
from server.ical.streams import OBJECT_BYTES_MAX, Part

FAULTS_MAX = 10_000
"""How many refusals are told one by one."""

BATCH_BYTES = 250_000
BATCH_OBJECTS = 100
"""How much is asked for at once: enough to hide the asking, little enough to see it go on."""

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE parts (number INTEGER PRIMARY KEY, uid TEXT, kind TEXT, calendar INTEGER, line INTEGER, product TEXT, text TEXT);
CREATE TABLE zones (calendar INTEGER, tzid TEXT, text TEXT, PRIMARY KEY (calendar, tzid));
"""


class Fault(NamedTuple):
    """Something that is no object: where it begins, as far as that is known, and why."""

    uid: str
    line: int
    reason: str


class Whole(NamedTuple):
    """An object with its UID and the line where its first part begins."""

    uid: str
    line: int
    text: str


class Spool:
    """The parts of one stream; `faults` counts on when no more are kept."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.faults: list[Fault] = []
        self.faults_total = 0
        self.objects_total = 0

    def fill(self, parts: Iterable[Part]) -> None:
        """Take every part of a stream."""
        for part in parts:
            if part.fault:
                self.refuse(Fault(part.uid, part.line, part.fault))
            elif part.kind == "VTIMEZONE":
                self._connection.execute(
                    "INSERT OR IGNORE INTO zones VALUES (:calendar, :tzid, :text)",
                    {"calendar": part.calendar, "tzid": part.tzid, "text": part.text},
                )
            elif part.kind not in KINDS:
                self.refuse(Fault(part.uid, part.line, f"calendars hold no {part.kind}"))
            elif not part.uid:
                self.refuse(Fault("", part.line, "it has no UID"))
            else:
                self._connection.execute(
                    """
                    INSERT INTO parts (uid, kind, calendar, line, product, text)
                    VALUES (:uid, :kind, :calendar, :line, :product, :text)
                    """,
                    {
                        "uid": part.uid,
                        "kind": part.kind,
                        "calendar": part.calendar,
                        "line": part.line,
                        "product": part.product,
                        "text": part.text,
                    },
                )
        self._connection.execute("CREATE INDEX by_uid ON parts (uid, number)")
        (self.objects_total,) = self._connection.execute("SELECT count(DISTINCT uid) FROM parts").fetchone()

    def objects(self) -> Iterator[Whole]:
        """Give one object for each UID; what cannot be one becomes a fault."""
        rows = self._connection.execute(
            "SELECT uid, kind, calendar, line, product, text FROM parts ORDER BY uid, number"
        )
        for uid, group in groupby(rows, key=lambda row: str(row[0])):
            parts: list[Part] = []
            size = 0
            for _, kind, calendar, line, product, text in group:
                size += len(text)
                if size <= OBJECT_BYTES_MAX:
                    parts.append(Part(kind, calendar, line, text, product, uid))
            try:
                if size > OBJECT_BYTES_MAX:
                    raise BadCalendar(f"it is larger than {OBJECT_BYTES_MAX} bytes")
                yield Whole(uid, parts[0].line, composed(parts, self._zone))
            except BadCalendar as bad:
                self.refuse(Fault(uid, parts[0].line if parts else 0, str(bad)))

    def refuse(self, fault: Fault) -> None:
        """Note something that cannot be imported."""
        self.faults_total += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(fault)

    def _zone(self, calendar: int, tzid: str) -> str | None:
        row = self._connection.execute(
            "SELECT text FROM zones WHERE calendar = :calendar AND tzid = :tzid",
            {"calendar": calendar, "tzid": tzid},
        ).fetchone()
        return None if row is None else str(row[0])


@contextmanager
def spool() -> Iterator[Spool]:
    """Open an empty spool, which is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="daybook-import-") as folder:
        connection = sqlite3.connect(Path(folder) / "spool.db", isolation_level=None)
        try:
            connection.executescript(SCHEMA)
            yield Spool(connection)
        finally:
            connection.close()


def batches(objects: Iterable[Whole]) -> Iterator[list[Whole]]:
    """Give objects together, as many as are asked for at once."""
    batch: list[Whole] = []
    size = 0
    for one in objects:
        batch.append(one)
        size += len(one.text)
        if size >= BATCH_BYTES or len(batch) >= BATCH_OBJECTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
