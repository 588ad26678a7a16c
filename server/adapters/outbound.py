"""Requests to addresses that hosts named: to the internet only, never to what stands beside the server.

A name is resolved once, each of its addresses is judged, and the connection goes to those very addresses: a name that means
something else a moment later gains nothing. Redirects are somebody else's word and not followed.
"""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address stands at the end."""

LOCAL: Sequence[Network] = tuple(
    map(IPv6Network, ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10"))
)
"""Translated by who knows whom (RFC 8215, RFC 7915), IPv4 and private networks in forms no longer used (RFC 4291 §2.5.5.1, §2.5.7)."""


class Forbidden(OSError):
    """The address leads into a private network that the operator has not allowed."""


class Guard:
    """Judges addresses: global ones may be reached, and those in the networks that the operator allows."""

    def __init__(self, private_networks: Sequence[Network] = ()) -> None:
        self._allowed = tuple(private_networks)

    def allows(self, text: str) -> bool:
        """Tell whether a numeric address may be reached; one that carries another inside is judged by that."""
        try:
            address = _inner(ip_address(text.partition("%")[0]))
        except ValueError:
            return False
        is_public = address.is_global and not address.is_multicast
        is_public = is_public and not any(
            address.version == network.version and address in network for network in LOCAL
        )
        return is_public or self.is_private(str(address))

    def is_private(self, text: str) -> bool:
        """Tell whether a numeric address is in a network that the operator allows."""
        address = _inner(ip_address(text.partition("%")[0]))
        return any(address.version == network.version and address in network for network in self._allowed)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host; raises Forbidden when one of them may not be reached, OSError for none."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if not addresses or not all(map(self.allows, addresses)):
            raise Forbidden
        return addresses


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


class Pinned(AbstractResolver):
    """Answers with addresses that were judged, whatever is asked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses."""
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Do nothing: nothing is open."""


def session(addresses: Sequence[str], timeout_s: float) -> aiohttp.ClientSession:
    """Return a session that connects to `addresses` only, knows no proxy and keeps no cookie."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=Pinned(addresses), use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
