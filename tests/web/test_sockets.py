"""The addresses that the server answers on."""

import socket

import pytest

from server.web.sockets import CannotListen, bind, is_loopback


def test_a_port_that_the_system_chooses_is_the_same_for_all_addresses_of_a_name() -> None:
    bound = bind("localhost", 0)
    try:
        assert len({one.getsockname()[1] for one in bound}) == 1
        assert bound[0].getsockname()[1] != 0
    finally:
        for one in bound:
            one.close()


def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(CannotListen, match="in use"):
        bind("127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, wanted: bool) -> None:
    assert is_loopback(host) is wanted


def test_a_name_that_means_nothing_is_told() -> None:
    with pytest.raises(CannotListen):
        is_loopback("no such name.invalid")
