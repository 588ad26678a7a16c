"""`python -m tests.bench.paced URL SECONDS`: asks for a page as people do, at moments of their own, and prints the seconds
within which 99 of 100 were answered.

A process of its own, whose interpreter nobody else wants, and which is woken before everybody else where the system lets it:
guests bring a machine of their own, and ours must not count how long the client itself waits for one of two cores. The gaps between requests are random, so that they fall into
no step with what else the server does; each is timed from when it was due, so that a server that halts is not asked
less often for that.
"""

import os
import random
import socket
import sys
from contextlib import suppress
from time import perf_counter, sleep
from urllib.parse import urlsplit

AHEAD = 50
"""The real-time priority of this process: above that of a bench that is run as one itself."""
PER_S = 200
WARM = 20


def main(url: str, seconds: float) -> None:
    """Ask for `url` over one connection that is kept."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(AHEAD))
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    took: list[float] = []
    answered = 0.0
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(WARM):
            ask(connection, request)
        gaps = random.Random(1)
        due = perf_counter()
        end = due + seconds
        while (due := due + gaps.expovariate(PER_S)) < end:
            sleep(max(0.0, due - perf_counter()))
            # Woken late is our fault, not the server's; kept waiting by the answer before it is the server's.
            if due > answered:
                due = perf_counter()
            ask(connection, request)
            answered = perf_counter()
            took.append(answered - due)
    print(quantile(took, 0.5), quantile(took, 0.99))


def ask(connection: socket.socket, request: bytes) -> None:
    """Send a request and read its whole answer; anything but 200 is a fault."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    left = int(length.partition(b":")[2]) - len(body)
    while left > 0:
        left -= len(_more(connection))


def quantile(values: list[float], share: float) -> float:
    """Return the value that so large a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(1 << 18)
    if not found:
        raise AssertionError("the server hung up")
    return found


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
