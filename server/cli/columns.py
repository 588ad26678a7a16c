"""Tables of plain text."""

from collections.abc import Iterable, Sequence


def columns(titles: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> str:
    """Return rows below their titles, each column as wide as it needs; `nothing` when there is no row."""
    lines = [tuple(titles), *(tuple(row) for row in rows)]
    if len(lines) == 1:
        return nothing
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def facts(pairs: Iterable[tuple[str, str | None]]) -> str:
    """Return names and values below one another; what has no value is left out."""
    known = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in known), default=0)
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in known)
