"""Who is asking, behind which proxies."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request

from server.web.keys import CLIENT
from server.web.middleware.client_address import client_network, note_client

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("", [], "unknown"),
        # What the client wrote itself stands to the left of what the first trusted proxy added.
        ("10.0.0.1", ["10.0.0.9, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["127.0.0.1", "10.0.0.9", "198.51.100.1"], "198.51.100.1"),
        # A proxy that nobody trusts is the client, whoever it says to ask for.
        ("10.0.0.1", ["198.51.100.1, 203.0.113.50, 10.0.0.2"], "203.0.113.50"),
        ("10.0.0.1", ["198.51.100.1:51234"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8:1:2::3]:443"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[2001:db8:1:2::3]"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1,"], "10.0.0.1"),
        ("10.0.0.1", ["unknown, 10.0.0.2"], "10.0.0.2"),
        ("", ["198.51.100.1"], "unknown"),
        ("203.0.113.9", ["10.0.0.1, 10.0.0.2"], "203.0.113.9"),
    ],
)
def test_the_client_is_the_rightmost_hop_that_is_no_trusted_proxy(
    peer: str, forwarded: Sequence[str], found: str
) -> None:
    assert client_network(peer, forwarded, PROXIES) == found


def test_without_trusted_proxies_nothing_that_is_forwarded_counts() -> None:
    assert client_network("127.0.0.1", ["198.51.100.1"], ()) == "127.0.0.1"


def test_a_chain_without_end_is_read_from_its_near_end_only() -> None:
    chain = ", ".join(["198.51.100.1", *["10.0.0.2"] * 1000])
    assert client_network("10.0.0.1", [chain], PROXIES) == "10.0.0.2"


@pytest.mark.parametrize(
    "headers",
    [
        {"Forwarded": "for=198.51.100.1"},
        {"X-Real-IP": "198.51.100.1"},
        {"Forwarded": "for=198.51.100.1", "X-Forwarded-For": "192.0.2.7"},
    ],
    ids=["Forwarded", "X-Real-IP", "Forwarded beside X-Forwarded-For"],
)
def test_headers_that_a_proxy_hands_on_as_they_came_prove_nothing(headers: dict[str, str]) -> None:
    request = make_mocked_request("GET", "/", headers=headers).clone(remote="127.0.0.1")
    note_client(request, (ip_network("127.0.0.1"),))
    assert request[CLIENT] == headers.get("X-Forwarded-For", "127.0.0.1")
