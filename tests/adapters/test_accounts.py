"""What hashing itself must show: time, forgetting, and that stored hashes are worth storing."""

import asyncio
import threading
from collections.abc import Iterator
from time import perf_counter
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from server.adapters import accounts as module
from server.adapters.accounts import HASHER, ArgonAccounts
from server.adapters.memory.ledger import MemoryLedger
from server.domain.errors import Unavailable

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class CountingHasher(PasswordHasher):
    """Counts how often a password was really looked at."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


class Watch:
    """A clock for what is remembered."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def accounts(ledger: MemoryLedger, hasher: CountingHasher, watch: Watch) -> Iterator[ArgonAccounts]:
    opened = ArgonAccounts(ledger, hasher=hasher, monotonic=watch)
    yield opened
    opened.close()


async def test_stored_hashes_are_argon2id_with_19_mib_and_two_passes(ledger: MemoryLedger) -> None:
    accounts = ArgonAccounts(ledger)
    await accounts.set_password("alice", "opensesame")
    accounts.close()
    stored = await ledger.password_hash("alice")
    assert stored is not None
    parameters = extract_parameters(stored)
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost) == ("ID", 19 * 1024, 2)


async def test_a_verified_password_is_hashed_once(accounts: ArgonAccounts, hasher: CountingHasher) -> None:
    await accounts.set_password("alice", "opensesame")
    for _ in range(3):
        assert await accounts.verify("alice", "opensesame")
    assert hasher.verified == 1


async def test_a_wrong_password_is_hashed_each_time(accounts: ArgonAccounts, hasher: CountingHasher) -> None:
    await accounts.set_password("alice", "opensesame")
    for _ in range(3):
        assert not await accounts.verify("alice", "guess")
    assert hasher.verified == 3


async def test_an_unknown_login_costs_a_hash_too(accounts: ArgonAccounts, hasher: CountingHasher) -> None:
    await accounts.verify("nobody", "guess")
    assert hasher.verified == 1


async def test_what_was_verified_is_forgotten_after_a_quarter_of_an_hour(
    accounts: ArgonAccounts, hasher: CountingHasher, watch: Watch
) -> None:
    await accounts.set_password("alice", "opensesame")
    await accounts.verify("alice", "opensesame")
    watch.now_s = 900.0
    assert await accounts.verify("alice", "opensesame")
    assert hasher.verified == 2


async def test_no_more_is_remembered_than_there_is_room_for(
    accounts: ArgonAccounts, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED_MAX", 2)
    for login in ("alice", "bob", "carol"):
        await accounts.set_password(login, "opensesame")
        await accounts.verify(login, "opensesame")
    await accounts.verify("carol", "opensesame")
    assert hasher.verified == 3
    await accounts.verify("alice", "opensesame")
    assert hasher.verified == 4


async def test_a_hash_of_older_parameters_is_replaced_when_the_password_is_given(
    accounts: ArgonAccounts, ledger: MemoryLedger
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("opensesame")
    await ledger.set_password_hash("alice", old)
    assert await accounts.verify("alice", "opensesame")
    new = await ledger.password_hash("alice")
    assert new is not None
    assert extract_parameters(new).memory_cost == 8
    assert await accounts.verify("alice", "opensesame")


class SlowHasher(PasswordHasher):
    """Begins to hash, and goes on when it is let."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.begun.set()
        self.go_on.wait(5)
        return super().hash(password, salt=salt)


async def test_a_password_that_is_changed_while_its_hash_is_renewed_does_not_come_back(
    ledger: MemoryLedger,
) -> None:
    hasher = SlowHasher()
    hasher.go_on.set()
    accounts = ArgonAccounts(ledger, hasher=hasher)
    hasher.begun.clear()
    hasher.go_on.clear()
    await ledger.set_password_hash(
        "alice", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("old")
    )
    signing_in = asyncio.create_task(accounts.verify("alice", "old"))
    assert await asyncio.to_thread(hasher.begun.wait, 5)
    changed = QUICK.hash("changed")
    await ledger.set_password_hash("alice", changed)
    hasher.go_on.set()
    assert await signing_in
    accounts.close()
    assert await ledger.password_hash("alice") == changed


async def test_a_hash_that_cannot_be_read_matches_no_password(
    accounts: ArgonAccounts, ledger: MemoryLedger
) -> None:
    await ledger.set_password_hash("alice", "not a hash")
    assert not await accounts.verify("alice", "opensesame")


async def test_hashing_does_not_stop_the_event_loop(ledger: MemoryLedger) -> None:
    accounts = ArgonAccounts(ledger)
    guess = asyncio.create_task(accounts.verify("nobody", "guess"))
    ticks = 0
    while not guess.done():
        await asyncio.sleep(0)
        ticks += 1
    accounts.close()
    assert ticks > 10


async def test_more_guesses_than_can_wait_are_turned_away(
    accounts: ArgonAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    tried = await asyncio.gather(
        *(accounts.verify("nobody", "guess") for _ in range(5)), return_exceptions=True
    )
    assert [type(one) for one in tried].count(Unavailable) == 3
    assert tried.count(False) == 2


@pytest.mark.slow
def test_one_hash_takes_between_a_few_milliseconds_and_a_quarter_of_a_second() -> None:
    started = perf_counter()
    HASHER.hash("opensesame")
    assert 0.003 < perf_counter() - started < 0.25
