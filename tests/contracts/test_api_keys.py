"""What every ledger promises of API keys."""

from dataclasses import replace

import pytest

from server.domain.permissions import Permission
from server.ports import ApiKey, Ledger
from tests.contracts.ledger_steps import ALICE

SITE = ApiKey(
    id="key_site", home=None, digest="digest-1", permissions=frozenset(Permission), is_test=False, made_at=100
)
HERS = ApiKey(
    id="key_hers",
    home=ALICE,
    digest="digest-2",
    permissions=frozenset({Permission.VIEW}),
    is_test=True,
    made_at=50,
)


async def test_a_key_is_found_by_its_digest_alone_and_keeps_what_it_was_made_with(ledger: Ledger) -> None:
    for one in (SITE, HERS):
        await ledger.add_api_key(one)
    assert [await ledger.api_key(digest) for digest in ("digest-1", "digest-2")] == [SITE, HERS]
    assert await ledger.api_key("key_site") is None


async def test_keys_are_listed_oldest_first(ledger: Ledger) -> None:
    for one in (SITE, HERS):
        await ledger.add_api_key(one)
    assert list(await ledger.api_keys()) == [HERS, SITE]


async def test_a_revoked_key_is_gone_at_once_and_the_others_stay(ledger: Ledger) -> None:
    for one in (SITE, HERS):
        await ledger.add_api_key(one)
    assert [await ledger.revoke_api_key("key_site") for _ in range(2)] == [True, False]
    assert await ledger.api_key("digest-1") is None
    assert list(await ledger.api_keys()) == [HERS]


@pytest.mark.parametrize(("uses", "kept"), [((), None), ((7,), 7), ((7, 9), 9), ((9, 7), 9)])
async def test_the_last_use_never_falls_back(ledger: Ledger, uses: tuple[int, ...], kept: int | None) -> None:
    await ledger.add_api_key(SITE)
    for at in uses:
        await ledger.use_api_key("key_site", at)
    assert await ledger.api_key("digest-1") == replace(SITE, used_at=kept)


async def test_a_use_that_comes_after_the_revocation_brings_nothing_back(ledger: Ledger) -> None:
    await ledger.add_api_key(SITE)
    await ledger.revoke_api_key("key_site")
    await ledger.use_api_key("key_site", 7)
    assert list(await ledger.api_keys()) == []


async def test_the_keys_of_a_disabled_account_open_nothing_until_it_is_switched_on(ledger: Ledger) -> None:
    await ledger.set_password_hash("alice", "hash")
    for one in (SITE, HERS):
        await ledger.add_api_key(one)
    await ledger.disable_account("alice", disabled=True)
    assert [await ledger.api_key(digest) for digest in ("digest-1", "digest-2")] == [SITE, None]
    await ledger.disable_account("alice", disabled=False)
    assert await ledger.api_key("digest-2") == HERS
