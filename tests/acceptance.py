"""`make acceptance`: fills the last column of docs/acceptance.md with the tests that cite each number.

A test cites a number (S1.43, C2) in its docstring. The statements are written by hand and stay as they are.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs/acceptance.md"
HEADING = "| number | statement | tests |\n|---|---|---|\n"
_NUMBER = re.compile(r"\b(?:S[1-5]\.\d{1,2}|C\d{1,2})\b")
_ROW = re.compile(r"^\| (?P<number>[SC][\d.]+) \| (?P<statement>.*?) \| (?P<tests>.*?) ?\|$", re.MULTILINE)


def main() -> int:
    """Write the table anew; name the numbers that lack a statement or a test and return 1 when there are any."""
    text = TABLE.read_text(encoding="utf-8")
    TABLE.write_text(filled(text, citations()), encoding="utf-8")
    unfinished = [
        row["number"]
        for row in rows(TABLE.read_text(encoding="utf-8"))
        if not (row["statement"] and row["tests"])
    ]
    if unfinished:
        print(f"without a statement or without a test: {', '.join(unfinished)}")
    return 1 if unfinished else 0


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of the table: number, statement, tests."""
    return [match.groupdict() for match in _ROW.finditer(text)]


def filled(text: str, cited: Mapping[str, list[str]]) -> str:
    """Return the document with every cited number in the table, in order, with its tests."""
    introduction, _, _ = text.partition(HEADING)
    statements = {row["number"]: row["statement"] for row in rows(text)}
    numbers = sorted({*statements, *cited}, key=rank)
    return (
        introduction
        + HEADING
        + "".join(
            f"| {number} | {statements.get(number, '')} | {' '.join(cited.get(number, []))} |\n"
            for number in numbers
        )
    )


def rank(number: str) -> tuple[str, list[int]]:
    """Order S1.9 before S1.10, and every S before the C's."""
    return number[0].translate({ord("S"): "0"}), [int(part) for part in number[1:].split(".")]


def citations() -> dict[str, list[str]]:
    """Return for each number the tests that cite it, as `tests/path.py::name` in backticks."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, docstring in documented_tests(path):
            for number in sorted(set(_NUMBER.findall(docstring))):
                found[number].append(f"`{path.relative_to(ROOT)}::{name}`")
    return found


def documented_tests(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and docstring of each test in a file; the name as pytest gives it, class included."""
    yield from _documented(ast.parse(path.read_text(encoding="utf-8")).body, "")


def _documented(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _documented(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield prefix + node.name, ast.get_docstring(node) or ""


if __name__ == "__main__":
    sys.exit(main())
