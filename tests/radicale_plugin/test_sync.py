"""A client that asks what has changed is told exactly that, over restarts and crashes too."""

import json

import pytest

from radicale_plugin import revisions
from tests.radicale_plugin.asking import PROPFIND, SYNC, Dav, meeting

CALENDAR = "/alice/calendar/"


def sync(dav: Dav, token: str = "") -> tuple[str, set[str], set[str]]:
    """Return the new token, and the names that are there and that are gone."""
    answer = dav.ask("REPORT", CALENDAR, SYNC.format(token))
    assert answer.status == 207, answer.text
    fresh = answer.text.partition("<sync-token>")[2].partition("</sync-token>")[0]
    there: set[str] = set()
    gone: set[str] = set()
    for response in answer.text.split("<response>")[1:]:
        name = response.partition("<href>")[2].partition("</href>")[0].rpartition("/")[2]
        (gone if "404 Not Found" in response else there).add(name)
    return fresh, there, gone


def put(dav: Dav, *uids: str, sequence: int = 0) -> None:
    for uid in uids:
        assert dav.put(f"{CALENDAR}{uid}.ics", meeting(uid, f"SEQUENCE:{sequence}")).status in (201, 204)


def ctag(dav: Dav) -> str:
    return dav.ask("PROPFIND", CALENDAR, PROPFIND.format("<CS:getctag/>")).text


def test_the_first_sync_lists_everything_and_the_next_only_what_changed(dav: Dav) -> None:
    put(dav, "a", "b", "c")
    token, there, gone = sync(dav)
    assert (there, gone) == ({"a.ics", "b.ics", "c.ics"}, set())
    put(dav, "b", sequence=1)
    put(dav, "d")
    dav.ask("DELETE", f"{CALENDAR}a.ics")
    token, there, gone = sync(dav, token)
    assert (there, gone) == ({"b.ics", "d.ics"}, {"a.ics"})
    assert sync(dav, token) == (token, set(), set())


def test_an_object_that_came_and_went_between_two_syncs_is_gone(dav: Dav) -> None:
    token, _, _ = sync(dav)
    put(dav, "a")
    dav.ask("DELETE", f"{CALENDAR}a.ics")
    assert sync(dav, token)[1:] == (set(), {"a.ics"})


def test_a_token_given_after_a_restart_outlives_the_next_one(dav: Dav) -> None:
    put(dav, "a")
    for uid in ("b", "c", "d"):
        dav.open()
        put(dav, uid)
        token, _, _ = sync(dav)
        dav.open()
        assert sync(dav, token)[1:] == (set(), set())


def test_a_token_outlives_a_restart(dav: Dav) -> None:
    put(dav, "a", "b")
    token, _, _ = sync(dav)
    put(dav, "b", sequence=1)
    dav.open()
    put(dav, "c")
    assert sync(dav, token)[1:] == ({"b.ics", "c.ics"}, set())


def test_the_ctag_outlives_a_restart_and_changes_with_every_write(dav: Dav) -> None:
    put(dav, "a")
    before = ctag(dav)
    dav.open()
    assert ctag(dav) == before
    put(dav, "a", sequence=1)
    assert ctag(dav) != before
    put(dav, "a")
    assert ctag(dav) == before


def test_what_was_changed_while_no_server_ran_is_found_at_the_start(dav: Dav) -> None:
    put(dav, "changed", "removed", "same")
    token, _, _ = sync(dav)
    folder = dav.storage.root / "alice" / "calendar"
    (folder / "changed.ics").write_bytes(meeting("changed", "SEQUENCE:9").encode())
    (folder / "removed.ics").unlink()
    (folder / "added.ics").write_bytes(meeting("added").encode())
    dav.open()
    assert sync(dav, token)[1:] == ({"changed.ics", "added.ics"}, {"removed.ics"})


def test_a_token_whose_number_was_lost_in_a_crash_is_refused_instead_of_hiding_a_change(dav: Dav) -> None:
    put(dav, "a")
    log = dav.storage.root / "alice" / "calendar" / revisions.FILE
    durable = log.read_bytes()
    put(dav, "a", sequence=1)
    put(dav, "a")
    token, _, _ = sync(dav)
    log.write_bytes(durable)
    dav.open()
    put(dav, "a", sequence=2)
    put(dav, "b")
    answer = dav.ask("REPORT", CALENDAR, SYNC.format(token))
    assert answer.status == 403
    assert "valid-sync-token" in answer.text


def written_but_not_logged(dav: Dav, uid: str) -> None:
    """Leave a write where its maker has let go of the lock and not come to the log."""
    calendar = dav.storage.index.get("alice/calendar")
    assert calendar is not None
    data = meeting(uid).encode()
    (calendar.folder / f"{uid}.ics").write_bytes(data)
    calendar.apply(f"{uid}.ics", calendar.read(f"{uid}.ics", data, 0.0))


def test_a_token_of_a_change_whose_maker_was_killed_before_the_log_is_honoured(dav: Dav) -> None:
    written_but_not_logged(dav, "a")
    token, there, _ = sync(dav)
    assert there == {"a.ics"}
    dav.open()
    put(dav, "b")
    assert sync(dav, token)[1:] == ({"b.ics"}, set())


@pytest.mark.parametrize("path", ["/alice/", CALENDAR])
def test_a_token_that_is_told_as_a_property_is_honoured_after_a_kill_too(dav: Dav, path: str) -> None:
    written_but_not_logged(dav, "a")
    answer = dav.ask("PROPFIND", path, PROPFIND.format("<sync-token/>"), depth="1").text
    told = answer.partition("<href>/dav/alice/calendar/</href>")[2]
    token = told.partition("<sync-token>")[2].partition("</sync-token>")[0]
    dav.open()
    assert sync(dav, token)[1:] == (set(), set())


def test_a_change_is_told_though_the_start_that_found_it_was_killed(
    dav: Dav, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "GONE_MAX", 10)
    put(dav, "a", "b")
    token, _, _ = sync(dav)
    calendar = dav.storage.index.get("alice/calendar")
    assert calendar is not None
    log = calendar.folder / revisions.FILE
    log.write_bytes(log.read_bytes() + log.read_bytes().splitlines(keepends=True)[-1] * 20)
    (calendar.folder / "a.ics").write_bytes(meeting("a", "SEQUENCE:9").encode())
    with monkeypatch.context() as killed:
        killed.setattr(revisions.Revisions, "flush", lambda _: None)
        dav.open()
    dav.open()
    assert sync(dav, token)[1:] == ({"a.ics"}, set())


@pytest.mark.parametrize("torn", [b'[7, "a.ic', b"\x00\x00\x00\n", b'{"not": "ours"}\n', b"[1]\n"])
def test_a_torn_line_ends_the_log_and_nothing_else(dav: Dav, torn: bytes) -> None:
    put(dav, "a")
    token, _, _ = sync(dav)
    log = dav.storage.root / "alice" / "calendar" / revisions.FILE
    with log.open("ab") as end:
        end.write(torn)
    dav.open()
    put(dav, "b")
    assert sync(dav, token)[1:] == ({"b.ics"}, set())
    dav.open()
    assert sync(dav, token)[1:] == ({"b.ics"}, set())


@pytest.mark.parametrize(
    "token", ["x", "http://radicale.org/ns/sync/abc", "http://radicale.org/ns/sync/abc-1", "-1"]
)
def test_a_token_that_we_did_not_give_is_refused(dav: Dav, token: str) -> None:
    assert dav.ask("REPORT", CALENDAR, SYNC.format(token)).status == 403


def test_a_token_of_the_future_is_refused(dav: Dav) -> None:
    token, _, _ = sync(dav)
    stem, _, number = token.rpartition("-")
    assert dav.ask("REPORT", CALENDAR, SYNC.format(f"{stem}-{int(number) + 1}")).status == 403


def test_a_long_log_is_written_anew_and_tokens_live_on(dav: Dav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "GONE_MAX", 10)
    put(dav, "a", "b")
    token, _, _ = sync(dav)
    for sequence in range(1, 30):
        put(dav, "a", sequence=sequence)
    log = dav.storage.root / "alice" / "calendar" / revisions.FILE
    assert len(log.read_bytes().splitlines()) < 20
    assert sync(dav, token)[1:] == ({"a.ics"}, set())
    dav.open()
    assert sync(dav, token)[1:] == ({"a.ics"}, set())
    assert all(json.loads(line) for line in log.read_bytes().splitlines())


def test_only_so_many_removals_are_remembered(dav: Dav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "GONE_MAX", 3)
    old, _, _ = sync(dav)
    for name in "abcdef":
        put(dav, name)
        dav.ask("DELETE", f"{CALENDAR}{name}.ics")
    assert dav.ask("REPORT", CALENDAR, SYNC.format(old)).status == 403
    put(dav, "g")
    fresh, there, _ = sync(dav)
    assert there == {"g.ics"}
    dav.open()
    assert dav.ask("REPORT", CALENDAR, SYNC.format(old)).status == 403
    assert sync(dav, fresh)[1:] == (set(), set())


def test_a_log_that_cannot_be_written_does_not_stop_a_write(dav: Dav) -> None:
    log = dav.storage.root / "alice" / "calendar" / revisions.FILE
    log.unlink()
    log.mkdir()
    put(dav, "a")
    assert sync(dav)[1:] == ({"a.ics"}, set())
