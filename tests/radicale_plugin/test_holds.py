"""How long anybody holds the storage lock while clients read and write: what one waits for at most."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest

from radicale_plugin.lock import FairLock, Mode
from radicale_plugin.texts import etag_of
from tests.radicale_plugin.asking import PROPFIND, QUERY, SYNC, Dav, meeting

CALENDAR = "/alice/calendar/"
OBJECTS = 10_000
WRITES = 150
ROUNDS = 3
HELD_S = 0.005
WEEK = '<C:time-range start="20261201T000000Z" end="20261208T000000Z"/>'
READ = (
    ("REPORT", QUERY.format(WEEK), "0"),
    ("REPORT", QUERY.format(""), "0"),
    ("PROPFIND", PROPFIND.format("<getetag/>"), "1"),
    ("REPORT", SYNC.format(""), "0"),
)


class TimedLock(FairLock):
    """A lock that keeps how long each outermost block held it."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[Mode, list[float]] = {"r": [], "w": []}

    @contextmanager
    def acquire(self, mode: Mode) -> Iterator[None]:
        is_outermost = self.mine is None
        with super().acquire(mode):
            started = perf_counter()
            try:
                yield
            finally:
                if is_outermost:
                    self.held[mode].append(perf_counter() - started)


@pytest.fixture
def crowded() -> Iterator[Dav]:
    # In memory where that can be had: how long a disk that others use too takes to rename is not what is asked.
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        dav = Dav(Path(place))
        write_many(dav)
        dav.open()
        # As the server does once it has started.
        gc.collect()
        gc.freeze()
        yield dav
        gc.unfreeze()


def write_many(dav: Dav) -> None:
    folder = dav.storage.root / "alice" / "calendar"
    for number in range(OBJECTS):
        day = f"2026{number % 12 + 1:02}{number % 28 + 1:02}"
        rule = ["RRULE:FREQ=WEEKLY"] if number % 20 == 0 else []
        written = meeting(
            f"m{number}", *rule, start=f"{day}T{number % 24:02}0000Z", end=f"{day}T{number % 24:02}3000Z"
        )
        (folder / f"m{number}.ics").write_text(written, newline="")


@pytest.mark.slow
def test_requests_hold_the_lock_for_less_than_five_milliseconds(crowded: Dav) -> None:
    """19 of 20 holds at least, where five threads compute on a core that others want too; the best of three rounds counts."""
    rounds: list[dict[Mode, float]] = []
    while len(rounds) < ROUNDS and not any(max(found.values()) <= HELD_S for found in rounds):
        rounds.append({mode: quantiles(held, n=20)[18] for mode, held in under_load(crowded).items()})
    assert any(max(found.values()) <= HELD_S for found in rounds), rounds


def under_load(crowded: Dav) -> dict[Mode, list[float]]:
    """Return how long the lock was held while four clients read 10,000 objects again and again and a fifth wrote."""
    lock = TimedLock()
    crowded.storage._turns = lock
    crowded.storage._lock = lock  # type: ignore[assignment]
    done, statuses = threading.Event(), set[int]()

    def read(method: str, body: str, depth: str) -> None:
        while not done.is_set():
            statuses.add(crowded.ask(method, CALENDAR, body, depth=depth).status)

    readers = [threading.Thread(target=read, args=request) for request in READ]
    for reader in readers:
        reader.start()
    try:
        for number in range(WRITES):
            assert crowded.put(f"{CALENDAR}new{number}.ics", meeting(f"new{number}")).status in (201, 204)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert statuses == {207}
    assert all(len(held) >= WRITES // 4 for held in lock.held.values())
    return lock.held


def test_an_answer_over_all_objects_is_of_one_moment(dav: Dav) -> None:
    """What is put between the snapshot and the reading of texts is not half in the answer: etags are of their texts."""
    for number in range(3):
        dav.put(f"{CALENDAR}{number}.ics", meeting(f"{number}"))
    calendar = dav.storage.index.get("alice/calendar")
    assert calendar is not None
    before = dav.storage.take(calendar)
    dav.put(f"{CALENDAR}0.ics", meeting("0", "LOCATION:Elsewhere"))
    dav.ask("DELETE", f"{CALENDAR}1.ics")
    found = {href: dav.storage.text_of(before, entry) for href, entry in before.entries.items()}
    changed = found["0.ics"]
    assert changed is not None
    assert changed[0].etag == etag_of(changed[1].encode()) != before.entries["0.ics"].etag
    assert found["1.ics"] is None
    assert found["2.ics"] == (before.entries["2.ics"], meeting("2"))


def test_a_propfind_shows_one_state_while_others_write(dav: Dav) -> None:
    with dav.storage.reading(CALENDAR):
        collection = dav.collection(CALENDAR)
        etag, token = collection.etag, collection.sync()[0]
        writer = threading.Thread(target=dav.put, args=(f"{CALENDAR}new.ics", meeting("new")))
        writer.start()
        writer.join()
        assert (collection.etag, collection.sync()[0], list(collection._list())) == (etag, token, [])
    assert dav.collection(CALENDAR).etag != etag
