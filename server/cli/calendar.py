"""`daybook calendar`: whole calendars in and out."""

import logging
import os
import shutil
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
import msgspec

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.cli.refusals import Failed
from server.cli.session import Session
from server.cli.spool import Fault, Spool, batches, spool
from server.cli.whole_file import STANDARD, whole_file
from server.control.calendars import (
    CalendarView,
    ExportObjects,
    HandedOutView,
    ImportObjects,
    ListCalendars,
    TakenInView,
)
from server.ical.objects import joined
from server.ical.streams import OBJECT_BYTES_MAX, parts
from server.ports import Outcome

IN_MEMORY_BYTES = 1_000_000
SHOWN_MAX = 20

Advance = Callable[[int], None]


class RefusedObject(msgspec.Struct):
    """An object that was not imported; `line` is where it begins in the file."""

    uid: str
    line: int
    reason: str


class ImportReport(msgspec.Struct):
    """What became of a file; `refused` counts all, `refusals` names the first ten thousand."""

    added: int
    changed: int
    unchanged: int
    refused: int
    refusals: list[RefusedObject]


class ExportReport(msgspec.Struct):
    """How many objects were written, and how many could not be read as calendar objects and were left out."""

    objects: int
    unreadable: int


@click.group()
def calendar() -> None:
    """List, import and export the calendars of hosts."""


@calendar.command(name="list")
@click.argument("home", metavar="HOST")
@on_installation
def list_(installation: Installation, home: str) -> None:
    """List the calendars of HOST."""
    found = installation.ask(ListCalendars(home), list[CalendarView])
    rows = [(one.name, str(one.objects), "gets the bookings" if one.receives else "") for one in found]
    installation.show(found, lambda: columns(("CALENDAR", "OBJECTS", ""), rows, "There is no calendar."))


@calendar.command(name="import")
@click.argument("place", metavar="HOST[/CALENDAR]")
@click.argument("file", type=click.File("rb"))
@on_installation
def import_(installation: Installation, place: str, file: IO[bytes]) -> None:
    """Put the objects of an .ics FILE (- for standard input) into a calendar; end with 1 when some were refused.

    An object whose UID is there already replaces it, one that says the same is skipped: repeating an import that was
    interrupted is safe.
    """
    home, name = _home_and_calendar(place)
    with spool() as kept, installation.session() as session:
        # Asked first, so that a name that is wrong is told before a long file is read.
        installation.read(session.ask(ImportObjects(home, name, [])), list[TakenInView])
        # What it refuses is told below, without the tracebacks that it logs.
        logging.getLogger("radicale").setLevel(logging.CRITICAL)
        with _progress("Reading", _size(file)) as advance:
            kept.fill(parts(_lines(file, advance)))
        report = _import(installation, session, kept, home, name)
    installation.show(report, lambda: _text(report))
    if report.refused:
        raise SystemExit(1)


@calendar.command()
@click.argument("place", metavar="HOST[/CALENDAR]")
@click.argument("file", type=click.Path(path_type=Path), default=STANDARD)
@on_installation
def export(installation: Installation, place: str, file: Path) -> None:
    """Write a calendar to FILE, or to standard output, as one .ics stream; end with 1 when objects had to be left out."""
    home, name = _home_and_calendar(place)
    with installation.session() as session:
        # Asked first, so that nothing is opened for a calendar that is not there.
        first = installation.read(session.ask(ExportObjects(home, name)), HandedOutView)
        with whole_file(file) as out:
            report = _export(installation, session, out, ExportObjects(home, name), first)
    lines = f"{report.objects} objects" + (f", {report.unreadable} left out" if report.unreadable else "")
    if file == STANDARD:
        click.echo(lines, err=True)
    else:
        installation.show(report, lambda: lines)
    if report.unreadable:
        raise SystemExit(1)


def _import(
    installation: Installation, session: Session, kept: Spool, home: str, name: str | None
) -> ImportReport:
    outcomes: Counter[str] = Counter()
    with _progress("Importing", kept.objects_total) as advance:
        for batch in batches(kept.objects()):
            asked = ImportObjects(home, name, [(one.uid, one.text) for one in batch])
            found = installation.read(session.ask(asked), list[TakenInView])
            for one, taken in zip(batch, found, strict=True):
                outcomes[taken.outcome] += 1
                if taken.outcome == Outcome.REFUSED:
                    kept.refuse(Fault(one.uid, one.line, taken.reason))
            advance(len(batch))
    return ImportReport(
        added=outcomes[Outcome.ADDED],
        changed=outcomes[Outcome.CHANGED],
        unchanged=outcomes[Outcome.UNCHANGED],
        refused=kept.faults_total,
        refusals=[RefusedObject(*fault) for fault in kept.faults],
    )


def _export(
    installation: Installation, session: Session, out: IO[bytes], asked: ExportObjects, first: HandedOutView
) -> ExportReport:
    report = ExportReport(0, 0)

    def leave_out(_: str) -> None:
        report.objects -= 1
        report.unreadable += 1

    def counted(texts: Iterable[str], advance: Advance) -> Iterator[str]:
        for text in texts:
            report.objects += 1
            advance(1)
            yield text

    title = "/".join(filter(None, (asked.home, asked.calendar)))
    with (
        tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as later,
        _progress("Exporting", first.total) as advance,
    ):
        texts = counted(_handed_out(installation, session, asked, first), advance)
        for text in joined(texts, title, lambda apart: _write(later, apart), leave_out):
            _write(out, text)
        later.seek(0)
        shutil.copyfileobj(later, out)
    return report


def _handed_out(
    installation: Installation, session: Session, asked: ExportObjects, first: HandedOutView
) -> Iterator[str]:
    """Give the objects of a calendar as they are fetched, from the `first` answer on."""
    found = first
    yield from found.texts
    while found.after is not None:
        following = ExportObjects(asked.home, asked.calendar, found.after)
        found = installation.read(session.ask(following), HandedOutView)
        yield from found.texts


def _home_and_calendar(place: str) -> tuple[str, str | None]:
    home, slash, name = place.partition("/")
    if not home or (slash and not name):
        raise Failed(f"“{place}” names no calendar: write it as alice, or as alice/work")
    return home, name or None


def _lines(file: IO[bytes], advance: Advance) -> Iterator[bytes]:
    while line := file.readline(OBJECT_BYTES_MAX):
        advance(len(line))
        yield line


def _write(file: IO[bytes], text: str) -> None:
    file.write(text.encode())


def _size(file: IO[bytes]) -> int:
    """Return how many bytes a file has; 0 where that is not known."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, AttributeError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


@contextmanager
def _progress(label: str, length: int) -> Iterator[Advance]:
    """Show a bar on a terminal, and nothing anywhere else."""
    hidden = not length or not sys.stderr.isatty()
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=hidden, update_min_steps=max(1, length // 200)
    ) as bar:
        yield bar.update


def _text(report: ImportReport) -> str:
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {report.refused} refused"
    refusals = [
        f"  line {one.line}{f' ({one.uid})' if one.uid else ''}: {one.reason}"
        for one in report.refusals[:SHOWN_MAX]
    ]
    more = report.refused - len(refusals)
    return "\n".join((counts, *refusals, *([f"  and {more} more; --json names them"] if more > 0 else ())))
