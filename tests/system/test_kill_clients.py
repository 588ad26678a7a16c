"""`kill -9`, 200 times, while four CalDAV clients and a guest write: files, index and sync tokens agree after each restart."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from radicale_plugin.texts import etag_of
from tests.system.killed_clients import Client
from tests.system.running import CHECKOUT, GENEROUS, Running, free_port, have_left, wait_until
from tests.system.test_kill import MAILS, Guests, check

pytestmark = pytest.mark.slow

KILLS = 200
CLIENTS = 4
WRITES_MAX = 20
"""How many writes a life of the server has at most, and half of them on average."""


class Lives:
    """A demo server of many lives: each starts in a moment, as a fork of one process that has imported everything."""

    def __init__(self, data: Path) -> None:
        self.server = Running(data, port=free_port())
        words = ["serve", "--demo", "--data", str(data), "--listen", f"127.0.0.1:{self.server.port}"]
        self._log = self.server.log.open("ab")
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.system.nursery", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, **GENEROUS},
            cwd=CHECKOUT,
        )
        self._pid = 0

    def start(self) -> None:
        """Begin a life and return when the server answers."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("start\n")
        self._nursery.stdin.flush()
        # The server itself prints to the same pipe.
        while not (line := self._nursery.stdout.readline()).strip().isdigit():
            assert line, self.server.log.read_text()[-4000:]
        self._pid = int(line)
        wait_until(self.server.answers, step_s=0.005)

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        os.kill(self._pid, signal.SIGKILL)

    def end(self) -> None:
        """Ask the last server to stop, and let the nursery go."""
        if self._log.closed:
            return
        if self._nursery.poll() is None:
            os.kill(self._pid, signal.SIGTERM)
        with self._nursery, self._log:
            pass


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    """Return a server that has begun its first life."""
    lives = Lives(tmp_path / "data")
    try:
        lives.start()
        yield lives
    finally:
        lives.end()


def test_no_acknowledged_write_of_a_client_is_lost_and_who_syncs_by_token_ends_with_the_servers_state(
    lives: Lives,
) -> None:
    seed = int(os.environ.get("KILL_SEED", random.randrange(2**32)))
    print(f"seed {seed}")
    dice = random.Random(seed)
    monday = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - any week will do
    starts = lives.server.slots("intro", str(monday), str(monday + timedelta(days=32)))
    port = lives.server.port
    clients = [Client(f"c{number}", port, random.Random(dice.random())) for number in range(CLIENTS)]
    guest = Guests(lives.server, random.Random(dice.random()))
    for _ in range(KILLS):
        one_life(lives, clients, guest, starts, dice)
        lives.start()
        for client in clients:
            client.settle()
        agree(lives, clients)
    acknowledged = sum((Counter(client.acknowledged) for client in clients), Counter())
    print(
        f"acknowledged: {dict(acknowledged)}, bookings {guest.acknowledged}, resyncs {[c.resyncs for c in clients]}"
    )
    assert min(acknowledged[act] for act in ("new", "update", "move", "delete")) > KILLS
    assert guest.acknowledged > KILLS / 2
    # A token is in the log before it is given out, and what a process has written to the log outlives its end.
    assert [client.resyncs for client in clients] == [0] * CLIENTS
    wait_until(lambda: have_left(lives.server.data, MAILS))
    listing = clients[0].listing()
    for client in clients:
        client.sync()
        client.hang_up()
        assert client.view == listing, client.name
    lives.end()
    check(lives.server.data, guest.known)


def one_life(
    lives: Lives, clients: list[Client], guest: Guests, starts: list[str], dice: random.Random
) -> None:
    """Let everybody act until some writes were acknowledged, then kill the server in the midst of the others."""
    until = threading.Event()
    enough = acknowledged_by(clients) + dice.randint(1, WRITES_MAX)
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        acting = [pool.submit(client.live, until) for client in clients]
        acting.append(pool.submit(guest.live, starts, until))
        try:
            wait_until(
                lambda: acknowledged_by(clients) >= enough or any(one.done() for one in acting), step_s=0.001
            )
            time.sleep(dice.uniform(0, 0.01))
        finally:
            lives.kill()
            until.set()
    for one in acting:
        one.result()


def acknowledged_by(clients: list[Client]) -> int:
    """Return how many writes the server has acknowledged so far."""
    return sum(sum(client.acknowledged.values()) for client in clients)


def agree(lives: Lives, clients: list[Client]) -> None:
    """What the clients were told, the files, and what the index says are the same."""
    told = {href: etag_of(text.encode()) for client in clients for href, text in client.held.items()}
    folder = lives.server.data / "collections" / "collection-root" / "demo" / "calendar"
    assert {path.name: etag_of(path.read_bytes()) for path in folder.glob("c[0-9]_*.ics")} == told
    assert {
        href: etag for href, etag in clients[0].listing().items() if href[0] == "c" and "_" in href[:3]
    } == told
    assert not list(folder.glob(".Radicale.tmp-*"))
    clients[0].hang_up()
