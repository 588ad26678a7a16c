"""How long the storage lock is held for a read and for a write while four clients report and a fifth stores."""

from collections.abc import Callable, Iterator
from itertools import count
from time import perf_counter

from radicale_plugin import Storage
from tests.bench.harness import Row, below
from tests.radicale_plugin.holding import held_under_load, share

WRITES = 400
HELD_S = 0.005


def held(storage: Storage, reads: list[Callable[[], object]], put: Callable[[str], object]) -> Iterator[Row]:
    """Measure the clock on the wall, waiting for the interpreter included; a write stores a new object."""
    fresh = count()
    found = held_under_load(storage, perf_counter, reads, lambda _: put(f"held-{next(fresh)}"), WRITES)
    for name, times in (("read", found["r"]), ("write", found["w"])):
        for part in (0.5, 0.99):
            clients = f"{len(reads)} clients reporting"
            yield below(f"lock held for a {name}, p{part * 100:.0f}, {clients}", share(times, part), HELD_S)
