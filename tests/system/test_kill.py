"""`kill -9` at random moments: what was acknowledged is there after a restart, and nothing is half made."""

import itertools
import os
import random
import sqlite3
import threading
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from server.domain.booking import Booking, Status
from server.domain.identity import HISTORY, BookingId, CalendarPath, Uid, is_superseded
from server.ical import vevent
from tests.system.lives import Lives
from tests.system.running import Running, have_left, wait_until

pytestmark = pytest.mark.slow

ACKNOWLEDGED = 200
LIVES = 12
"""About so many, whatever the machine."""
WORKERS = 4
MAILS = 40
"""Enough to see whether one of them left twice."""
GONE = (urllib.error.URLError, ConnectionError, TimeoutError, OSError)


@dataclass
class Known:
    """What one guest was told of their booking; `unsure` from the moment an answer was lost."""

    id: BookingId
    token: str
    start: datetime
    cancelled: bool = False
    unsure: bool = False


@dataclass
class Guests:
    """Guests who book, move and cancel until the server dies under them."""

    server: Running
    dice: random.Random
    known: list[Known] = field(default_factory=list)
    acknowledged: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def live(self, starts: list[str], until: threading.Event) -> None:
        """Act again and again until told to stop or the server is gone."""
        while not until.is_set():
            try:
                self._act(starts)
            except GONE:
                return

    def _act(self, starts: list[str]) -> None:
        with self._lock:
            mine = [one for one in self.known if not one.cancelled and not one.unsure]
            known = self.dice.choice(mine) if mine and self.dice.random() < 0.6 else None
            start, cancels = self.dice.choice(starts), self.dice.random() < 0.4
            if known is not None:
                known.unsure = True  # nobody else acts on it, and so it stays if the answer is lost
        if known is None:
            self._book(start)
        elif cancels:
            self._cancel(known)
        else:
            self._move(known, start)

    def _book(self, start: str) -> None:
        status, answer = self.server.book("intro", start)
        if status == 201:
            begins = datetime.fromisoformat(str(answer["start_time"]))
            self._note(Known(BookingId(str(answer["id"])), str(answer["cancel_token"]), begins))
        else:
            assert status in {409, 422, 503}, (status, answer)

    def _move(self, known: Known, start: str) -> None:
        path = f"/v1/bookings/{known.id}/reschedule?token={known.token}"
        status, answer = self.server.post(path, {"new_start_time": start})
        assert status in {200, 409, 422, 503}, (status, answer)
        if status == 200:
            known.start = datetime.fromisoformat(str(answer["start_time"]))
        self._note(known, acknowledged=status == 200, unsure=status == 503)

    def _cancel(self, known: Known) -> None:
        path = f"/v1/bookings/{known.id}/cancel?token={known.token}"
        status, answer = self.server.post(path, {"reason": "no time"})
        assert status in {200, 503}, (status, answer)
        known.cancelled = status == 200
        self._note(known, acknowledged=status == 200, unsure=status == 503)

    def _note(self, known: Known, *, acknowledged: bool = True, unsure: bool = False) -> None:
        with self._lock:
            known.unsure = unsure
            self.acknowledged += acknowledged
            if known not in self.known:
                self.known.append(known)


def test_every_acknowledged_change_survives_and_nothing_half_made_stays(lives: Lives) -> None:
    """S2.59; calendar, ledger and outbox agree after every kill."""
    seed = int(os.environ.get("KILL_SEED", random.randrange(2**32)))
    print(f"seed {seed}")
    server = lives.server
    guests = Guests(server, random.Random(seed))
    monday = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - any week will do
    starts = server.slots("intro", str(monday), str(monday + timedelta(days=32)))
    while guests.acknowledged < ACKNOWLEDGED:
        one_life(lives, guests, starts)
        lives.start()
    wait_until(lambda: have_left(server.data, MAILS))
    assert lives.end() == 0
    check(server.data, guests.known)


def one_life(lives: Lives, guests: Guests, starts: list[str]) -> None:
    """Let guests act until some of what they do was acknowledged, then kill the server in the midst of the rest."""
    until = threading.Event()
    enough = guests.acknowledged + guests.dice.randint(1, 2 * ACKNOWLEDGED // LIVES)
    with ThreadPoolExecutor(WORKERS) as pool:
        acting = [pool.submit(guests.live, starts, until) for _ in range(WORKERS)]
        try:
            wait_until(
                lambda: guests.acknowledged >= enough or any(one.done() for one in acting), step_s=0.001
            )
            time.sleep(guests.dice.uniform(0, 0.02))
        finally:
            lives.kill()
            until.set()
    for one in acting:
        one.result()


def check(data: Path, known: list[Known]) -> None:
    """Compare what the guests were told with calendars, ledger, outbox and mails."""
    homes = data / "collections" / "collection-root" / "demo"
    stored = {b.id: b for b in bookings(homes, "calendar")}
    ended = {b.id: b for b in bookings(homes, HISTORY)}
    assert not stored.keys() & ended.keys()
    for one in known:
        booking = stored.get(one.id) or ended.get(one.id)
        assert booking is not None, one
        if not one.unsure:
            assert (booking.status is Status.CANCELLED) == one.cancelled, one
            assert one.cancelled or booking.start == one.start, one
    check_no_overlap(list(stored.values()))
    check_ledger(data / "ledger.db", stored, ended)
    assert not list((homes / ".Daybook" / "staged").glob("*"))
    check_mails(data / "mail")


def check_no_overlap(stored: list[Booking]) -> None:
    """No two live bookings of the host share an instant."""
    spans = sorted(booking.span for booking in stored)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def check_ledger(ledger: Path, stored: dict[BookingId, Booking], ended: dict[BookingId, Booking]) -> None:
    """The ledger names the same bookings at the same revisions, holds just their time, and mailed each revision."""
    with sqlite3.connect(ledger) as db:
        rows = {row[0]: row[1:] for row in db.execute("SELECT id, revision, status FROM bookings")}
        claims = set(db.execute("SELECT booking, starts, ends FROM claims"))
        intents = db.execute("SELECT count(*) FROM intents").fetchone()[0]
        mailed = set(db.execute("SELECT DISTINCT booking, revision FROM outbox"))
    everything = {**stored, **ended}
    assert rows == {id_: (b.revision, b.status.value) for id_, b in everything.items()}
    assert claims == {(id_, *booking.span) for id_, booking in stored.items()}
    assert intents == 0
    assert mailed == {(id_, revision) for id_, b in everything.items() for revision in range(b.revision + 1)}


def check_mails(folder: Path) -> None:
    """A mail may stand twice only if its answer was lost: then with the same bytes under the same Message-ID."""
    seen: dict[str, bytes] = {}
    for path in folder.glob("*.eml"):
        raw = path.read_bytes()
        message_id = str(message_from_bytes(raw, policy=default)["Message-ID"])
        assert seen.setdefault(message_id, raw) == raw
    assert seen


def bookings(home: Path, calendar: str) -> Iterator[Booking]:
    """Read a calendar's bookings from its files, superseded revisions left out."""
    for path in (home / calendar).glob("*.ics"):
        booking = vevent.read(path.read_text(encoding="utf-8"), CalendarPath(f"demo/{calendar}"))
        if booking is not None and not is_superseded(Uid(path.stem)) and booking.end > datetime.now(UTC):
            yield booking
