"""What the ledger adds to a booking: two durable transactions, whatever the house has booked before."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

from server.adapters.ledger import SqliteLedger
from server.domain.booking import Booking
from server.ports import Ledger
from tests.bench.harness import Row, alternate, at_most
from tests.builders import NOW, booking, booking_id, claim, intent, uid

BOOKINGS = 50
HISTORY = 10_000
RUNS = 21
"""The disk's own unrest is larger than the difference that is looked for."""
RECORD = bytes(4096)


def rows() -> Iterable[Row]:
    """Measure begin and settle of one booking beside one fdatasync, and with 10,000 bookings beside none."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, asyncio.Runner() as runner:
        empty = runner.run(SqliteLedger.open(Path(folder) / "empty.db"))
        full = runner.run(SqliteLedger.open(Path(folder) / "full.db"))
        try:
            runner.run(_fill(full))
            numbers = count(HISTORY + 1)
            with _appended(Path(folder) / "record") as append:
                pair = alternate(lambda: runner.run(_book(full, numbers)), append)
                yield at_most("ledger: begin and settle one booking, one fdatasync", *pair, bar=10)
            pair = alternate(
                lambda: runner.run(_book(full, numbers)), lambda: runner.run(_book(empty, numbers)), RUNS
            )
            yield at_most(f"ledger: one booking after {HISTORY:,}, after none", *pair, bar=1.4)
        finally:
            runner.run(empty.close())
            runner.run(full.close())


async def _book(ledger: Ledger, numbers: Iterator[int]) -> float:
    wanted = [_booking(next(numbers)) for _ in range(BOOKINGS)]
    started = perf_counter()
    for one in wanted:
        begun = intent(one, key=one.id)
        await ledger.begin(begun, [claim(one)])
        await ledger.settle(begun)
    return (perf_counter() - started) / BOOKINGS


async def _fill(ledger: SqliteLedger) -> None:
    for number in range(1, HISTORY + 1):
        one = _booking(number)
        await ledger.begin(intent(one), [claim(one)])
        await ledger.settle(intent(one))


_MODEL = booking("10:00-10:30")


def _booking(number: int) -> Booking:
    start = NOW + timedelta(hours=number)
    return replace(
        _MODEL,
        id=booking_id(number),
        uid=uid(number),
        number=number,
        start=start,
        end=start + timedelta(minutes=30),
    )


@contextmanager
def _appended(path: Path) -> Iterator[Callable[[], float]]:
    """Yield what appends and fdatasyncs a page, and returns the seconds that one took."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)

    def append() -> float:
        started = perf_counter()
        for at in range(BOOKINGS):
            os.pwrite(descriptor, RECORD, at * len(RECORD))
            os.fdatasync(descriptor)
        return (perf_counter() - started) / BOOKINGS

    try:
        yield append
    finally:
        os.close(descriptor)
