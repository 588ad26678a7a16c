"""Where requests to addresses that hosts named may go."""

from ipaddress import ip_network

import pytest

from server.adapters.outbound import Forbidden, Guard

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.5.5",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b:1::1",
    "::ffff:0:127.0.0.1",
    "fec0::1",
    "64:ff9b::7f00:1",
    "::7f00:1",
    "not an address",
]


@pytest.mark.parametrize("address", INSIDE)
def test_what_stands_beside_the_server_is_out_of_reach(address: str) -> None:
    assert not Guard().allows(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_the_internet_is_in_reach(address: str) -> None:
    assert Guard().allows(address)


def test_the_operator_can_allow_networks_of_their_own() -> None:
    guard = Guard([ip_network("10.1.0.0/16"), ip_network("fd00::/8")])
    assert [guard.allows(address) for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::7", "10.2.0.1")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "0", "::1"])
async def test_names_and_odd_spellings_are_judged_by_what_they_resolve_to(host: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - a resolver may also know of no such name
        await Guard().resolve(host, 80)
    with pytest.raises(Forbidden):
        await Guard().resolve("localhost", 80)
