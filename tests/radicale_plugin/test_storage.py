"""Every write reaches the disk as one file, the index at once, and the feed in order."""

import threading
from pathlib import Path

import pytest

from radicale_plugin import files
from radicale_plugin.feed import Change
from radicale_plugin.lock import LockUpgradeError
from tests.radicale_plugin.asking import PROPFIND, Dav, meeting

ONE = "/alice/calendar/one.ics"


@pytest.fixture
def changes(dav: Dav) -> list[Change]:
    heard: list[Change] = []
    dav.storage.feed.subscribe(heard.append)
    return heard


def test_the_feed_tells_who_wrote_what_where(dav: Dav, changes: list[Change]) -> None:
    dav.put(ONE, meeting("one"))
    dav.put(ONE, meeting("one", "SEQUENCE:1"))
    dav.ask("DELETE", ONE)
    first, second = changes[0].new_etag, changes[1].new_etag
    assert [(change.old_etag, change.new_etag) for change in changes] == [
        (None, first),
        (first, second),
        (second, None),
    ]
    assert [change.old_text for change in changes] == [None, meeting("one"), meeting("one", "SEQUENCE:1")]
    assert [change.new_text for change in changes] == [meeting("one"), meeting("one", "SEQUENCE:1"), None]
    assert {(c.home, c.calendar, c.href, c.uid, c.user, c.intent) for c in changes} == {
        ("alice", "alice/calendar", "one.ics", "one", "alice", None)
    }


def test_a_move_is_an_arrival_and_then_a_departure(dav: Dav, changes: list[Change]) -> None:
    dav.ask("MKCALENDAR", "/alice/other/")
    dav.put(ONE, meeting("one"))
    changes.clear()
    assert dav.ask("MOVE", ONE, destination="/dav/alice/other/moved.ics").status == 201
    arrival, departure = changes
    assert (arrival.calendar, arrival.href, arrival.new_text) == ("alice/other", "moved.ics", meeting("one"))
    assert (departure.calendar, departure.href, departure.old_text) == (
        "alice/calendar",
        "one.ics",
        meeting("one"),
    )
    assert arrival.new_etag == departure.old_etag


def test_a_move_over_another_text_tells_what_it_replaced(dav: Dav, changes: list[Change]) -> None:
    dav.ask("MKCALENDAR", "/alice/other/")
    dav.put(ONE, meeting("one"))
    dav.put("/alice/other/one.ics", meeting("one", "SEQUENCE:1"))
    changes.clear()
    assert dav.ask("MOVE", ONE, destination="/dav/alice/other/one.ics", overwrite="T").status == 204
    assert changes[0].old_text == meeting("one", "SEQUENCE:1")
    assert dav.ask("GET", ONE).status == 404


def test_the_end_of_a_calendar_is_the_end_of_each_object_in_it(dav: Dav, changes: list[Change]) -> None:
    dav.ask("MKCALENDAR", "/alice/other/")
    for uid in ("one", "two"):
        dav.put(f"/alice/other/{uid}.ics", meeting(uid))
    changes.clear()
    assert dav.ask("DELETE", "/alice/other/").status == 200
    assert {(change.uid, change.new_etag, change.old_text) for change in changes} == {
        ("one", None, meeting("one")),
        ("two", None, meeting("two")),
    }


def test_replacing_a_calendar_whole_tells_what_came_went_and_changed(dav: Dav, changes: list[Change]) -> None:
    for uid in ("gone", "same"):
        dav.put(f"/alice/calendar/{uid}.ics", meeting(uid))
    dav.put("/bob/calendar/new.ics", meeting("new"), user="bob")
    with dav.storage.acquire_lock("r"):
        same = dav.collection("/alice/calendar/").get_all()
        new = dav.collection("/bob/calendar/").get_all()
        items = [item.load() for item in (*same, *new) if item.uid != "gone"]
    changes.clear()
    with dav.storage.acquire_lock("w"):
        dav.storage.create_collection("/alice/calendar/", items, {"tag": "VCALENDAR"})
    assert {(change.href, change.old_etag is None, change.new_etag is None) for change in changes} == {
        ("gone.ics", False, True),
        ("new.ics", True, False),
    }
    assert dav.storage.index.busy("alice/calendar", (0, 2**33)) != []


def test_listeners_are_called_after_the_lock_is_free(dav: Dav) -> None:
    held: list[str] = []
    dav.storage.feed.subscribe(lambda _: held.append(dav.storage._lock.locked))
    dav.put(ONE, meeting("one"))
    assert held == [""]


def test_who_unsubscribes_hears_no_more(dav: Dav) -> None:
    heard: list[Change] = []
    unsubscribe = dav.storage.feed.subscribe(heard.append)
    dav.put(ONE, meeting("one"))
    unsubscribe()
    dav.ask("DELETE", ONE)
    assert len(heard) == 1


def test_changes_are_heard_in_the_order_in_which_they_were_made(dav: Dav, changes: list[Change]) -> None:
    def write(name: str) -> None:
        for number in range(20):
            dav.put(f"/alice/calendar/{name}.ics", meeting(name, f"SEQUENCE:{number}"))

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    standing: dict[str, str | None] = {}
    for change in changes:
        assert change.old_etag == standing.get(change.href)
        standing[change.href] = change.new_etag
    assert len(changes) == 60


def test_a_write_is_one_file(dav: Dav) -> None:
    folder = dav.storage.root / "alice" / "calendar"
    before = {path.name for path in folder.iterdir()}
    dav.put(ONE, meeting("one"))
    assert {path.name for path in folder.iterdir()} - before == {"one.ics"}


def test_what_a_crash_left_unfinished_is_swept_at_the_next_start(dav: Dav) -> None:
    dav.put(ONE, meeting("one"))
    for folder in (dav.storage.root, dav.storage.root / "alice", dav.storage.root / "alice" / "calendar"):
        (folder / f"{files.TEMPORARY}abc").mkdir()
        (folder / f"{files.TEMPORARY}abc" / "half").write_text("BEGIN:")
        (folder / f"{files.TEMPORARY}def").write_text("BEGIN:")
    dav.open()
    assert list(dav.storage.root.rglob(f"{files.TEMPORARY}*")) == []
    assert dav.ask("GET", ONE).status == 200


def test_a_write_that_fails_leaves_what_was_there(
    dav: Dav, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    dav.put(ONE, meeting("one"))
    etag = dav.ask("GET", ONE).headers["ETag"]

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_synced", full)
    assert dav.put(ONE, meeting("one", "SEQUENCE:1")).status == 507
    assert dav.ask("GET", ONE).headers["ETag"] == etag
    assert len(changes) == 1


def test_reading_needs_no_second_look_at_what_was_read(dav: Dav) -> None:
    dav.put(ONE, meeting("one"))
    (dav.storage.root / "alice" / "calendar" / "one.ics").unlink()
    listed = dav.ask("PROPFIND", "/alice/calendar/", PROPFIND.format("<getetag/>"), depth="1")
    assert listed.status == 207
    assert "one.ics" in listed.text


def test_writing_under_a_read_lock_is_an_error_of_the_program(dav: Dav) -> None:
    with dav.storage.acquire_lock("r"), pytest.raises(LockUpgradeError), dav.storage.acquire_lock("w"):
        pass


def test_properties_are_read_from_one_state_while_others_write(dav: Dav) -> None:
    stop = threading.Event()

    def write_and_remove() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            dav.put(ONE, meeting("one", f"SEQUENCE:{number}"))
            dav.ask("DELETE", ONE)

    writer = threading.Thread(target=write_and_remove)
    writer.start()
    try:
        wanted = PROPFIND.format("<getetag/><getlastmodified/><getcontentlength/><CS:getctag/><sync-token/>")
        statuses = {dav.ask("PROPFIND", "/alice/calendar/", wanted, depth="1").status for _ in range(60)}
    finally:
        stop.set()
        writer.join()
    assert statuses == {207}


def test_the_storage_verifies_clean(dav: Dav) -> None:
    dav.put(ONE, meeting("one"))
    assert dav.storage.verify()


def test_an_object_that_is_moved_onto_itself_stays(dav: Dav, changes: list[Change]) -> None:
    """RFC 4918 §9.9.4: forbidden."""
    dav.put(ONE, meeting("one"))
    assert dav.ask("MOVE", ONE, destination="/dav" + ONE, overwrite="T").status == 403
    assert dav.ask("GET", ONE).status == 200
    assert len(changes) == 1
