"""A list of people to invite, as a CSV file: what spreadsheets write."""

import csv
from collections.abc import Sequence
from pathlib import Path

from server.cli.refusals import Failed
from server.control.invites import Person

BYTES_MAX = 4_000_000
REQUIRED = ("name", "email")
COLUMNS = (*REQUIRED, "language", "message")


def read_people(path: Path, otherwise: Person) -> list[Person]:
    """Return the people of a list; `otherwise` has what lines do not say. Raises `Failed` with every line that is wrong."""
    lines = _text(path).splitlines(keepends=True)
    # Spreadsheets of half the world separate by semicolons, since the comma stands in their numbers.
    head = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if ";" in head and "," not in head else ",", strict=True)
    people: list[Person] = []
    faults: list[str] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _refuse_columns(path, names)
        for cells in reader:
            where = f"line {reader.line_num}"
            if len(cells) > len(names):
                faults.append(f"{where}: has {len(cells)} cells for {len(names)} columns")
            elif any(cell.strip() for cell in cells):
                people.append(_person(dict(zip(names, cells, strict=False)), otherwise, where))
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: {error}")
    if faults:
        raise Failed("Nobody was invited.", faults)
    return people


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise Failed(f"{path} is too large for a list of people.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{path} is not in UTF-8: save it so, as “CSV UTF-8”.") from error


def _refuse_columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    details = [f"the column “{name}” is missing" for name in missing]
    details += [f"the column “{name}” is not known" for name in unknown]
    if len(set(names)) < len(names):
        details.append("two columns have one name")
    if details:
        raise Failed(f"{path} has not the columns {', '.join(COLUMNS)}:", details)


def _person(cells: dict[str, str], otherwise: Person, where: str) -> Person:
    return Person(
        name=cells.get("name", ""),
        email=cells.get("email", ""),
        message=cells.get("message", "").strip() or otherwise.message,
        language=cells.get("language", "").strip() or otherwise.language,
        where=where,
    )
