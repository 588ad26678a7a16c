"""Rows of the bench: a figure beside a reference that was measured in the same run, and the bar it is held to.

A module of this folder joins by a function `rows() -> Iterable[Row]`. The two sides of a row run alternately, so that
what else the machine does hits both, and the median of each counts.
"""

import gc
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

RUNS = 7
ROUND_S = 0.05
ROUND_CALLS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `reference` is None where the bar is an absolute figure."""

    name: str
    measured: float
    reference: float | None
    ratio: float
    bar: str
    holds: bool
    unit: str = "s"


def compare(measured: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Return the median seconds that one call of each takes, from alternating rounds."""
    calls = (_calls_per_round(measured), _calls_per_round(reference))
    return alternate(
        lambda: seconds_per_call(measured, calls[0]), lambda: seconds_per_call(reference, calls[1])
    )


def alternate(
    measured: Callable[[], float], reference: Callable[[], float], runs: int = RUNS
) -> tuple[float, float]:
    """Return the medians of two figures that are taken in turn, such as requests per second."""
    pairs = [(measured(), reference()) for _ in range(runs)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def seconds_per_call(function: Callable[[], object], calls: int) -> float:
    """Return the mean seconds of one of `calls` calls, with the garbage collector held off."""
    with _no_collection():
        started = perf_counter()
        for _ in range(calls):
            function()
        return (perf_counter() - started) / calls


def at_most(name: str, measured: float, reference: float, bar: float, unit: str = "s") -> Row:
    """Hold `measured` to at most `bar` times the reference."""
    ratio = measured / reference
    return Row(name, measured, reference, ratio, f"≤ {bar:g} ×", ratio <= bar, unit)


def at_least(name: str, measured: float, reference: float, bar: float, unit: str = "/s") -> Row:
    """Hold a rate to at least `bar` times the reference rate."""
    ratio = measured / reference
    return Row(name, measured, reference, ratio, f"≥ {bar:g} ×", ratio >= bar, unit)


def faster(name: str, measured: float, reference: float, bar: float, unit: str = "s") -> Row:
    """Hold a duration to be at least `bar` times shorter than the reference; the ratio says how many times it is."""
    ratio = reference / measured
    return Row(name, measured, reference, ratio, f"≥ {bar:g} × faster", ratio >= bar, unit)


def alike(name: str, measured: float, reference: float, within: float = 0.2, unit: str = "s") -> Row:
    """Hold two figures to differ by at most the share `within` of the smaller one."""
    ratio = measured / reference
    return Row(name, measured, reference, ratio, f"± {within:.0%}", max(ratio, 1 / ratio) <= 1 + within, unit)


def below(name: str, measured: float, bar: float, unit: str = "s") -> Row:
    """Hold a figure to an absolute bar; the ratio says which part of the bar it uses."""
    return Row(name, measured, None, measured / bar, f"≤ {figure(bar, unit)}", measured <= bar, unit)


def figure(value: float, unit: str) -> str:
    """Return a figure with three digits, seconds in the unit that suits them."""
    if unit != "s":
        return f"{value:,.0f}{unit}" if abs(value) >= 100 else f"{value:.3g}{unit}"
    for size, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(value) >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"


def _calls_per_round(function: Callable[[], object]) -> int:
    function()  # the first call warms caches and is not what a running server sees
    calls = 1
    while calls < ROUND_CALLS_MAX and seconds_per_call(function, calls) * calls < ROUND_S:
        calls *= 2
    return calls


@contextmanager
def _no_collection() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
