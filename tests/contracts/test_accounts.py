"""What accounts promise, hashed or not."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from server.adapters.accounts import ArgonAccounts
from server.adapters.memory.accounts import MemoryAccounts
from server.adapters.memory.ledger import MemoryLedger
from server.ports import Accounts

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture(params=["memory", "argon2"])
def accounts(request: pytest.FixtureRequest, ledger: MemoryLedger) -> Iterator[Accounts]:
    if request.param == "memory":
        yield MemoryAccounts(ledger)
        return
    hashing = ArgonAccounts(ledger, hasher=QUICK)
    yield hashing
    hashing.close()


async def test_the_right_password_is_right_each_time(accounts: Accounts) -> None:
    await accounts.set_password("alice", "opensesame")
    assert [await accounts.verify("alice", "opensesame") for _ in range(2)] == [True, True]


async def test_a_wrong_password_is_wrong_before_and_after_the_right_one(accounts: Accounts) -> None:
    await accounts.set_password("alice", "opensesame")
    tried = [await accounts.verify("alice", one) for one in ("Opensesame", "opensesame", "opensesame ", "")]
    assert tried == [False, True, False, False]


async def test_an_unknown_account_has_no_password(accounts: Accounts) -> None:
    assert not await accounts.verify("nobody", "")


async def test_the_password_of_one_account_is_not_that_of_another(accounts: Accounts) -> None:
    await accounts.set_password("alice", "one")
    await accounts.set_password("bob", "two")
    assert await accounts.verify("alice", "one")
    assert not await accounts.verify("bob", "one")


async def test_a_changed_password_ends_the_old_one_at_once(accounts: Accounts) -> None:
    await accounts.set_password("alice", "old")
    await accounts.verify("alice", "old")
    await accounts.set_password("alice", "new")
    assert not await accounts.verify("alice", "old")
    assert await accounts.verify("alice", "new")


async def test_a_disabled_account_is_shut_at_once_and_open_when_switched_on(
    accounts: Accounts, ledger: MemoryLedger
) -> None:
    await accounts.set_password("alice", "opensesame")
    await accounts.verify("alice", "opensesame")
    await ledger.disable_account("alice", disabled=True)
    assert not await accounts.verify("alice", "opensesame")
    await ledger.disable_account("alice", disabled=False)
    assert await accounts.verify("alice", "opensesame")


@pytest.mark.parametrize("password", ["Grüße 密码", "with:colon", "x" * 2000, "\udcff"])
async def test_a_password_may_hold_anything(accounts: Accounts, password: str) -> None:
    await accounts.set_password("alice", password)
    assert await accounts.verify("alice", password)
    assert not await accounts.verify("alice", password + "x")
