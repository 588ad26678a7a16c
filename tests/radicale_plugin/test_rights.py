"""A host sees and changes the own home, cannot destroy it, and never meets what is hidden."""

import pytest

from server.ical import vevent
from tests.builders import booking, host
from tests.radicale_plugin.asking import PROPFIND, Dav, meeting


@pytest.mark.parametrize("path", ["/alice/", "/alice/calendar/"])
def test_a_home_and_a_default_calendar_cannot_be_deleted(dav: Dav, path: str) -> None:
    dav.put("/alice/calendar/one.ics", meeting("one"))
    assert dav.ask("DELETE", path).status == 403
    assert dav.ask("GET", "/alice/calendar/one.ics").status == 200


def test_a_calendar_of_the_hosts_own_making_can_be_deleted(dav: Dav) -> None:
    assert dav.ask("MKCALENDAR", "/alice/private/").status == 201
    dav.put("/alice/private/one.ics", meeting("one"))
    assert dav.ask("DELETE", "/alice/private/").status == 200
    assert dav.ask("GET", "/alice/private/one.ics").status == 404


def test_a_calendar_that_holds_a_booking_cannot_be_deleted(dav: Dav) -> None:
    dav.ask("MKCALENDAR", "/alice/private/")
    assert dav.put("/alice/private/one.ics", vevent.stored(booking(calendar="private"), host())).status == 201
    assert dav.ask("DELETE", "/alice/private/").status == 403
    assert dav.ask("DELETE", "/alice/private/one.ics").status == 200
    assert dav.ask("DELETE", "/alice/private/").status == 200


@pytest.mark.parametrize("name", ["history", "sandbox"])
def test_hidden_calendars_are_neither_listed_nor_read_nor_written(dav: Dav, name: str) -> None:
    listed = dav.ask("PROPFIND", "/alice/", PROPFIND.format("<resourcetype/>"), depth="1")
    assert "/dav/alice/calendar/" in listed.text
    assert f"/dav/alice/{name}/" not in listed.text
    path = f"/alice/{name}/"
    for answer in (
        dav.ask("PROPFIND", path, PROPFIND.format("<resourcetype/>")),
        dav.put(f"{path}one.ics", meeting("one")),
        dav.ask("MKCALENDAR", path),
        dav.ask("DELETE", path),
    ):
        assert answer.status == 403


def test_what_daybook_keeps_in_a_home_is_not_there_for_clients(dav: Dav) -> None:
    secret = dav.storage.root / "alice" / ".Daybook"
    secret.mkdir()
    (secret / "profile.json").write_text("{}")
    assert dav.ask("GET", "/alice/.Daybook/profile.json").status in (403, 404)
    assert (
        ".Daybook" not in dav.ask("PROPFIND", "/alice/", PROPFIND.format("<resourcetype/>"), depth="1").text
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/bob/calendar/secret.ics"),
        ("PUT", "/bob/calendar/mine.ics"),
        ("DELETE", "/bob/calendar/secret.ics"),
        ("PROPFIND", "/bob/"),
        ("PROPFIND", "/bob/calendar/"),
        ("REPORT", "/bob/calendar/"),
        ("MKCALENDAR", "/bob/new/"),
        ("GET", "/alice/../bob/calendar/secret.ics"),
    ],
)
def test_one_host_reaches_nothing_of_another(dav: Dav, method: str, path: str) -> None:
    dav.put("/bob/calendar/secret.ics", meeting("secret"), user="bob")
    body = meeting("mine") if method == "PUT" else ""
    answer = dav.ask(method, path, body)
    assert answer.status == 403
    assert "secret" not in answer.text.replace(path, "")
    assert dav.ask("GET", "/bob/calendar/secret.ics", user="bob").status == 200


def test_an_object_cannot_be_moved_into_another_home(dav: Dav) -> None:
    dav.put("/alice/calendar/one.ics", meeting("one"))
    moved = dav.ask("MOVE", "/alice/calendar/one.ics", destination="/dav/bob/calendar/one.ics")
    assert moved.status == 403
    assert dav.ask("GET", "/bob/calendar/one.ics", user="bob").status == 404


def test_who_is_not_verified_by_the_front_end_is_asked_to_sign_in(dav: Dav) -> None:
    basic = "Basic YWxpY2U6c2VjcmV0"
    assert dav.ask("PROPFIND", "/alice/", user="").status == 401
    assert dav.ask("PROPFIND", "/alice/", user="", authorization=basic).status == 401
    assert dav.ask("PROPFIND", "/alice/", user="", x_remote_user="alice").status == 401
