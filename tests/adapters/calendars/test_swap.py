"""A swap that fails half way leaves everything as it was, staged texts included, so that it can be tried again."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import radicale_plugin
from radicale_plugin import storage
from server.adapters.calendars import RadicaleCalendars
from server.domain.errors import Unavailable
from server.domain.identity import HISTORY, Home, Href, Uid
from server.ports import Busy, CalendarChange, MustBeFree, ObjectWrite, StagedWrite, StoredObject
from tests import builders
from tests.radicale_plugin.asking import meeting
from tests.system.running import PATIENCE_S, wait_until

ALICE = Home("alice")
CALENDAR = builders.calendar("alice")
PAST = builders.calendar("alice", HISTORY)
ONE = Href("one.ics")
TWO = Href("two.ics")


@pytest.fixture
async def calendars(tmp_path: Path) -> AsyncIterator[RadicaleCalendars]:
    application = radicale_plugin.make(tmp_path, lambda _: "UTC", lambda _: (), lambda _: True)
    opened = RadicaleCalendars(application.storage)
    await opened.create_home(ALICE)
    yield opened
    opened.close()


async def standing(calendars: RadicaleCalendars, *writes: ObjectWrite) -> tuple[StagedWrite, ...]:
    staged = await calendars.stage(ALICE, writes)
    await calendars.swap(ALICE, "before", staged, ())
    return staged


def files(root: Path) -> dict[str, bytes]:
    """Return what lies on the disk, but for the sync logs."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != ".Daybook.log"
    }


@pytest.mark.parametrize("fails_at", ["the second rename", "the removal"])
async def test_an_error_in_the_middle_is_undone(
    calendars: RadicaleCalendars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    (first, second) = await standing(
        calendars,
        ObjectWrite(CALENDAR, ONE, None, meeting("one")),
        ObjectWrite(CALENDAR, TWO, None, meeting("two")),
    )
    staged = await calendars.stage(
        ALICE,
        [
            ObjectWrite(PAST, ONE, None, meeting("one")),
            ObjectWrite(CALENDAR, ONE, first.new_etag, meeting("one", "SEQUENCE:1")),
            ObjectWrite(CALENDAR, TWO, second.new_etag, None),
        ],
    )
    changes: list[CalendarChange] = []
    calendars.subscribe(changes.append)
    before, version = files(tmp_path), calendars.version(ALICE)
    break_at(fails_at, monkeypatch)
    with pytest.raises(Unavailable):
        await calendars.swap(ALICE, "intent", staged, ())
    monkeypatch.undo()
    assert files(tmp_path) == before
    assert (calendars.version(ALICE), changes) == (version, [])
    await calendars.swap(ALICE, "intent", staged, ())
    assert [change.href for change in changes] == [ONE, ONE, TWO]
    assert [path for path in files(tmp_path) if "staged" in path] == []


def break_at(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, unlink = Path.replace, Path.unlink

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    def replace_but_once(self: Path, target: Path) -> Path:
        if self.suffix == ".ics" and target.name == "one.ics" and target.parent.name == "calendar":
            fail()
        return replace(self, target)

    def unlink_but_once(self: Path, missing_ok: bool = False) -> None:
        if self.name == "two.ics" and not missing_ok:
            fail()
        unlink(self, missing_ok=missing_ok)

    match place:
        case "the second rename":
            monkeypatch.setattr(Path, "replace", replace_but_once)
        case _:
            monkeypatch.setattr(Path, "unlink", unlink_but_once)


async def test_names_that_cannot_be_brought_to_the_disk_are_not_acknowledged(
    calendars: RadicaleCalendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writes stand, and the intent with them: what has become of it is read from the calendars."""

    def fail(_: Path) -> None:
        raise OSError(5, "Input/output error")

    staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, ONE, None, meeting("one"))])
    monkeypatch.setattr(storage, "sync_folder", fail)
    with pytest.raises(Unavailable):
        await calendars.swap(ALICE, "intent", staged, ())
    assert await calendars.etag(CALENDAR, ONE) == staged[0].new_etag


async def test_a_crash_in_the_middle_leaves_nothing_that_a_start_does_not_sweep(
    calendars: RadicaleCalendars, tmp_path: Path
) -> None:
    (first,) = await standing(calendars, ObjectWrite(CALENDAR, ONE, None, meeting("one")))
    kept = await calendars.stage(
        ALICE, [ObjectWrite(CALENDAR, ONE, first.new_etag, meeting("one", "SEQUENCE:1"))]
    )
    assert kept[0].staged is not None
    folder = tmp_path / "collection-root" / "alice" / ".Daybook" / "staged"
    os.link(
        tmp_path / "collection-root" / "alice" / "calendar" / "one.ics", folder / f"{kept[0].staged}.before"
    )
    assert await calendars.sweep(frozenset({kept[0].staged})) == 1
    await calendars.swap(ALICE, "intent", kept, ())
    assert list(folder.iterdir()) == []


async def test_a_swap_into_a_calendar_that_is_gone_is_not_possible_now(calendars: RadicaleCalendars) -> None:
    gone = builders.calendar("alice", "gone")
    staged = await calendars.stage(ALICE, [ObjectWrite(gone, ONE, None, meeting("one"))])
    with pytest.raises(Unavailable):
        await calendars.swap(ALICE, "intent", staged, ())


async def test_the_etag_is_read_from_the_disk(calendars: RadicaleCalendars, tmp_path: Path) -> None:
    (first,) = await standing(calendars, ObjectWrite(CALENDAR, ONE, None, meeting("one")))
    assert await calendars.etag(CALENDAR, ONE) == first.new_etag
    (tmp_path / "collection-root" / "alice" / "calendar" / "one.ics").unlink()
    assert await calendars.etag(CALENDAR, ONE) is None


@pytest.mark.parametrize("href", ["../history/one.ics", ".Radicale.props", "", "a/b.ics", "backup~"])
async def test_nothing_but_objects_is_read(calendars: RadicaleCalendars, href: str) -> None:
    assert await calendars.get(CALENDAR, Href(href)) is None


async def test_a_new_zone_of_the_home_is_taken_over_by_itself(tmp_path: Path) -> None:
    """A home is made before its profile says its zone, and a host may move."""
    zones = {"alice": "UTC"}
    application = radicale_plugin.make(tmp_path, lambda home: zones[home], lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    await calendars.create_home(ALICE)
    day = meeting("one", start="20261201", end="20261202").replace("DTSTART:", "DTSTART;VALUE=DATE:")
    await standing(calendars, ObjectWrite(CALENDAR, ONE, None, day.replace("DTEND:", "DTEND;VALUE=DATE:")))
    before, version = calendars.busy([CALENDAR], (1796000000, 1796300000)), calendars.version(ALICE)
    zones["alice"] = "Asia/Tokyo"
    calendars.busy([CALENDAR], (1796000000, 1796300000))
    while calendars.version(ALICE) == version:  # noqa: ASYNC110  (the port tells by its version, and by nothing else)
        await asyncio.sleep(0.001)
    after = calendars.busy([CALENDAR], (1796000000, 1796300000))
    assert [(start - 9 * 3600, end - 9 * 3600) for start, end in before] == after
    calendars.close()


async def test_a_booking_is_checked_in_the_zone_that_the_home_has_now(tmp_path: Path) -> None:
    zones = {"alice": "UTC"}
    application = radicale_plugin.make(tmp_path, lambda home: zones[home], lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    await calendars.create_home(ALICE)
    day = meeting("one", start="20261201", end="20261202").replace("DTSTART:", "DTSTART;VALUE=DATE:")
    await standing(calendars, ObjectWrite(CALENDAR, ONE, None, day.replace("DTEND:", "DTEND;VALUE=DATE:")))
    zones["alice"] = "Asia/Tokyo"
    evening_before = (1796083200 - 3600, 1796083200 - 1800)
    content = meeting("two", start="20261130T230000Z", end="20261130T233000Z")
    staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, TWO, None, content)])
    with pytest.raises(Busy):
        await calendars.swap(ALICE, "intent", staged, [MustBeFree((CALENDAR,), evening_before, Uid("two"))])
    calendars.close()


async def test_who_misses_an_object_in_the_midst_of_a_swap_learns_what_became_of_it(
    calendars: RadicaleCalendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone from its calendar, and by the index still there: whoever looked then took a cancelled booking for removed."""
    (one,) = await standing(calendars, ObjectWrite(CALENDAR, ONE, None, meeting("one")))
    staged = await calendars.stage(
        ALICE,
        [ObjectWrite(PAST, ONE, None, meeting("one")), ObjectWrite(CALENDAR, ONE, one.new_etag, None)],
    )
    renamed, go_on = threading.Event(), threading.Event()

    def paused(*_: object) -> None:
        renamed.set()
        assert go_on.wait(PATIENCE_S)

    monkeypatch.setattr(storage.Storage, "sync_later", paused)
    swapping = asyncio.create_task(calendars.swap(ALICE, "cancel", staged, ()))
    assert await asyncio.to_thread(renamed.wait, PATIENCE_S)

    async def look() -> tuple[StoredObject | None, object]:
        return await calendars.get(CALENDAR, ONE), calendars.find(ALICE, Uid("one"))

    looking = asyncio.create_task(look())
    waiting = calendars._storage._turns._waiting
    await asyncio.to_thread(wait_until, lambda: looking.done() or bool(waiting))
    go_on.set()
    await swapping
    assert await looking == (None, None)
    assert await calendars.get(PAST, ONE) is not None
