"""`kill -9`, 200 times, while four CalDAV clients and a guest write: files, index and sync tokens agree after each restart."""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from radicale_plugin.texts import etag_of
from tests.system.killed_clients import Client
from tests.system.lives import Lives
from tests.system.running import have_left, wait_until
from tests.system.test_kill import MAILS, Guests, check

pytestmark = pytest.mark.slow

KILLS = 200
CLIENTS = 4
WRITES_MAX = 16
"""How many writes a life of the server has at most, and half of them on average."""


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
    assert lives.end() == 0
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
