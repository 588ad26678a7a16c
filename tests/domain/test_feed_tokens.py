"""Secret addresses of feeds: who has one opens one feed of one home, until the host resets them."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.feed_tokens import PREFIX, Feed, feed_uid, mint_feed, proves_feed, read_feed
from server.domain.identity import Home

KEY = b"k" * 32
ALICE = Home("alice")


def proves(token: str, feed: Feed = Feed.BOOKINGS, generation: int = 0, key: bytes = KEY) -> bool:
    claim = read_feed(token)
    return claim is not None and proves_feed(claim, key, feed, generation=generation)


def test_a_feed_token_opens_the_feed_it_was_made_for() -> None:
    token = mint_feed(KEY, Feed.BOOKINGS, ALICE, generation=0)
    claim = read_feed(token)
    assert claim is not None
    assert claim.home == ALICE
    assert proves(token)


def test_a_feed_token_opens_no_other_feed_of_the_same_home() -> None:
    assert not proves(mint_feed(KEY, Feed.FREEBUSY, ALICE, generation=0), Feed.BOOKINGS)
    assert not proves(mint_feed(KEY, Feed.BOOKINGS, ALICE, generation=0), Feed.FREEBUSY)


def test_a_reset_kills_the_tokens_that_were_handed_out() -> None:
    old = mint_feed(KEY, Feed.BOOKINGS, ALICE, generation=0)
    new = mint_feed(KEY, Feed.BOOKINGS, ALICE, generation=1)
    assert not proves(old, generation=1)
    assert proves(new, generation=1)


def test_a_token_of_another_installation_opens_nothing() -> None:
    assert not proves(mint_feed(b"x" * 32, Feed.BOOKINGS, ALICE, generation=0))


def test_a_token_whose_home_was_exchanged_opens_nothing() -> None:
    token = mint_feed(KEY, Feed.BOOKINGS, ALICE, generation=0).removeprefix(PREFIX)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    forged = base64.urlsafe_b64encode(raw.replace(b"alice", b"bobby")).rstrip(b"=").decode()
    claim = read_feed(PREFIX + forged)
    assert claim is not None
    assert claim.home == "bobby"
    assert not proves(PREFIX + forged)


@pytest.mark.parametrize(
    "token", ["", "f_", "f_!", "f_YWxpY2U", "m_" + "A" * 40, "f_" + "A" * 200, "f_" + "_" * 40, "f_é"]
)
def test_what_is_no_feed_token_claims_nothing(token: str) -> None:
    assert read_feed(token) is None


@given(st.binary(max_size=60))
def test_no_bytes_at_all_make_a_token_that_opens_something(raw: bytes) -> None:
    token = PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert not proves(token)
    assert not proves(token, Feed.FREEBUSY)


def test_a_feed_uid_is_always_the_same_and_another_for_everything_else() -> None:
    names = [
        ("slot", "evt_a", "1"),
        ("slot", "evt_a", "11"),
        ("slot", "evt_a1", "1"),
        ("booking", "evt_a", "1"),
    ]
    uids = [feed_uid(KEY, *parts) for parts in names]
    assert len({*uids, feed_uid(b"x" * 32, *names[0])}) == 5
    assert uids == [feed_uid(KEY, *parts) for parts in names]
    assert all(str(UUID(uid)) == uid for uid in uids)
