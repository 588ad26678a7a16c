"""The TCP sockets that the web front end answers on."""

import socket
from ipaddress import ip_address


class CannotListen(Exception):
    """An address cannot be listened on; the message is the system's reason."""


def bind(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of `host`, bound but not listening yet; raises `CannotListen`.

    Port 0 is chosen once, by the system, and shared by all of them.
    """
    found: list[socket.socket] = []
    try:
        for family, kind, protocol, _, name in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            one = socket.socket(family, kind, protocol)
            found.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((name[0], port or found[0].getsockname()[1], *name[2:]))
    except OSError as error:
        for one in found:
            one.close()
        raise CannotListen(error.strerror or str(error)) from error
    return found


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`; raises `CannotListen` for a name that means nothing."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotListen(error.strerror or str(error)) from error
    return all(ip_address(str(name[0]).partition("%")[0]).is_loopback for *_, name in found)
