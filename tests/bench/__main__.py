"""`make bench`: measures every row, prints the table, and exits with 1 when a bar does not hold.

`make bench ROWS="slots ical"` measures the named modules only.
"""

import importlib
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.harness import Row, figure

_HEADINGS = ("what", "measured", "reference", "ratio", "bar", "holds")


def main(names: list[str]) -> int:
    """Print the rows of the named modules, all by default, as they are measured."""
    unknown = set(names) - set(_modules())
    if unknown:
        print(f"no rows in {', '.join(sorted(unknown))}; there are {', '.join(_modules())}", file=sys.stderr)
        return 2
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores; each row beside its reference, same run\n"
    )
    print(_line(_HEADINGS))
    failed = 0
    for row in _rows(names or _modules()):
        print(_line(_cells(row)), flush=True)
        failed += not row.holds
    print(f"\n{failed} of the bars do not hold" if failed else "\nall bars hold")
    return 1 if failed else 0


def _modules() -> list[str]:
    """Return the modules of this folder that define `rows`; the others serve them."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")}
    return sorted(name for name, text in found.items() if "\ndef rows(" in text)


def _rows(names: Iterable[str]) -> Iterator[Row]:
    for name in names:
        yield from importlib.import_module(f"tests.bench.{name}").rows()


def _cells(row: Row) -> tuple[str, ...]:
    reference = "" if row.reference is None else figure(row.reference, row.unit)
    holds = "yes" if row.holds else "NO"
    return row.name, figure(row.measured, row.unit), reference, f"{row.ratio:.3g}", row.bar, holds


def _line(cells: Iterable[str]) -> str:
    what, *figures = cells
    return f"{what:<72}" + "".join(f"{cell:>15}" for cell in figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
