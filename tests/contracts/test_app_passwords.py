"""What every ledger promises of app passwords."""

from dataclasses import replace

import pytest

from server.domain.identity import Home
from server.ports import AppPassword, Ledger
from tests.contracts.ledger_steps import ALICE

PHONE = AppPassword("p1", ALICE, "digest-1", made_at=100)
LAPTOP = AppPassword("p2", ALICE, "digest-2", made_at=50)


async def test_an_app_password_is_found_by_its_digest_alone(ledger: Ledger) -> None:
    await ledger.add_app_password(PHONE)
    assert await ledger.app_password("digest-1") == PHONE
    assert await ledger.app_password("digest-2") is None
    assert await ledger.app_password("p1") is None


async def test_the_app_passwords_of_a_home_are_listed_oldest_first(ledger: Ledger) -> None:
    for one in (PHONE, LAPTOP, AppPassword("p3", Home("bob"), "digest-3", 1)):
        await ledger.add_app_password(one)
    assert list(await ledger.app_passwords(ALICE)) == [LAPTOP, PHONE]


async def test_a_revoked_app_password_is_gone_at_once_and_the_others_stay(ledger: Ledger) -> None:
    await ledger.add_app_password(PHONE)
    await ledger.add_app_password(LAPTOP)
    assert [await ledger.revoke_app_password("p1") for _ in range(2)] == [True, False]
    assert await ledger.app_password("digest-1") is None
    assert list(await ledger.app_passwords(ALICE)) == [LAPTOP]


@pytest.mark.parametrize(("uses", "kept"), [((), None), ((7,), 7), ((7, 9), 9), ((9, 7), 9)])
async def test_the_last_use_never_falls_back(ledger: Ledger, uses: tuple[int, ...], kept: int | None) -> None:
    await ledger.add_app_password(PHONE)
    for at in uses:
        await ledger.use_app_password("p1", at)
    assert await ledger.app_password("digest-1") == replace(PHONE, used_at=kept)


async def test_a_use_that_comes_after_the_revocation_brings_nothing_back(ledger: Ledger) -> None:
    await ledger.add_app_password(PHONE)
    await ledger.revoke_app_password("p1")
    await ledger.use_app_password("p1", 7)
    assert list(await ledger.app_passwords(ALICE)) == []


async def test_the_app_passwords_of_a_disabled_account_open_nothing_until_it_is_switched_on(
    ledger: Ledger,
) -> None:
    await ledger.set_password_hash("alice", "hash")
    await ledger.add_app_password(PHONE)
    await ledger.disable_account("alice", disabled=True)
    assert await ledger.app_password("digest-1") is None
    assert list(await ledger.app_passwords(ALICE)) == [PHONE]
    await ledger.disable_account("alice", disabled=False)
    assert await ledger.app_password("digest-1") == PHONE
