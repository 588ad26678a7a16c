"""Who is asking: the address behind the proxies that the operator trusts, and behind no other.

Only X-Forwarded-For is read. A proxy that writes it hands on a client's own `Forwarded` (RFC 7239) or `X-Real-IP` as it
came, so that these would be believed from anybody.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from server.web.keys import CLIENT

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
HOPS_MAX = 32

# Some proxies add the port: Azure's gateway, IIS.
_WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]{1,5}|\[(?P<v6>[0-9a-fA-F:.%a-z]+)\](?::[0-9]{1,5})?")


def note_client(request: web.Request, trusted: tuple[Network, ...]) -> None:
    """Note the network that the request comes from."""
    forwarded = request.headers.getall("X-Forwarded-For", ())
    request[CLIENT] = client_network(request.remote or "", forwarded, trusted)


def client_network(peer: str, forwarded: Sequence[str], trusted: tuple[Network, ...]) -> str:
    """Return the client's IPv4 address or IPv6 /64: the rightmost hop that is no trusted proxy.

    What stands further left was written by the client and proves nothing.
    """
    if not (forwarded and trusted):
        return _network_of(peer)
    hops = [*",".join(forwarded).split(",")[-HOPS_MAX:], peer]
    address = None
    for hop in reversed(hops):
        next_address = _address(hop.strip())
        if next_address is None:
            break
        address = next_address
        if not any(address in network for network in trusted):
            break
    return UNKNOWN if address is None else _network(address)


@lru_cache(maxsize=4_096)
def _address(text: str) -> Address | None:
    found = _WITH_PORT.fullmatch(text)
    bare = text if found is None else found["v4"] or found["v6"]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=4_096)
def _network_of(peer: str) -> str:
    address = _address(peer.strip())
    return UNKNOWN if address is None else _network(address)


@lru_cache(maxsize=4_096)
def _network(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    # A household or a server gets a whole /64: its addresses are one asker.
    return str(ip_network((int(address) >> 64 << 64, 64)))
