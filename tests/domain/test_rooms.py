"""Where a booking's own video room comes from."""

import pytest

from server.domain.rooms import Room, fault, is_answer

NAME = "mfrggzdfmztwq2lknnwg23tpoa"


def test_a_template_makes_an_address_of_a_random_name() -> None:
    room = Room(template="https://meet.jit.si/daybook-{room}#config.prejoin=1")
    assert fault(room) is None
    assert room.address(NAME) == f"https://meet.jit.si/daybook-{NAME}#config.prejoin=1"


@pytest.mark.parametrize("name", ["", "short", "x" * 21, "x" * 65, f"{NAME}/../admin", f"{NAME}?"])
def test_a_name_that_could_be_guessed_or_leads_elsewhere_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="at least 22"):
        Room(template="https://meet.jit.si/{room}").address(name)


@pytest.mark.parametrize(
    "room",
    [
        Room(),
        Room(template="https://meet.example/{room}", webhook="https://rooms.example"),
        Room(template="https://meet.example/fixed"),
        Room(template="https://meet.example/{room}/{room}"),
        Room(template="https://{room}.example/"),
        Room(template="https://user:secret@meet.example/{room}"),
        Room(template="https://meet.example/{room}/{token}"),
        Room(template="ftp://meet.example/{room}"),
        Room(template="javascript:{room}"),
        Room(template="https://meet.example/{room}" + "x" * 1_000),
        Room(webhook="rooms.example"),
        Room(webhook="https://user@rooms.example"),
    ],
)
def test_what_cannot_be_a_room_is_refused(room: Room) -> None:
    assert fault(room) is not None


def test_a_webhook_is_an_address() -> None:
    room = Room(webhook="https://rooms.example/new?for=alice")
    assert fault(room) is None
    assert room.is_asked_for


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://meet.example/abc", True),
        ("http://meet.example/abc", True),
        ("javascript:alert(1)", False),
        ("https://user:pass@meet.example/", False),
        ("https://meet.example/a b", False),
        ("https://meet.example/" + "x" * 1_000, False),
        ("", False),
    ],
)
def test_only_a_plain_web_address_is_an_answer(address: str, good: bool) -> None:
    assert is_answer(address) is good
