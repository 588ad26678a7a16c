"""Capability links: what they prove, and what kills them (C2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import tokens
from server.domain.identity import BookingId
from server.domain.tokens import MAC_BYTES, Claimed, Purpose
from tests.builders import booking_id

KEY = bytes(range(32))
BOOKING = booking_id(7)


def claimed(token: str) -> Claimed:
    found = tokens.read(token)
    assert found is not None
    return found


def proves(token: str, *, generation: int = 0, revision: int = 0, key: bytes = KEY) -> bool:
    return tokens.proves(claimed(token), key, generation=generation, revision=revision)


def test_a_token_names_its_booking_and_person() -> None:
    found = claimed(tokens.mint(KEY, Purpose.MANAGE, BOOKING, 3, generation=0, revision=1))
    assert (found.booking, found.person, found.purpose) == (BOOKING, 3, Purpose.MANAGE)


def test_a_token_carries_at_least_128_bits_of_proof() -> None:
    assert MAC_BYTES * 8 >= 128


def test_the_token_of_the_api_outlives_reschedules() -> None:
    """S5.26."""
    token = tokens.mint(KEY, Purpose.API, BOOKING, 1, generation=0, revision=0)
    assert proves(token, revision=0)
    assert proves(token, revision=5)


def test_the_token_of_the_api_begins_with_ctk() -> None:
    """S5.40."""
    assert tokens.mint(KEY, Purpose.API, BOOKING, 1, generation=0).startswith("ctk_")


def test_a_link_of_a_mail_dies_with_the_next_change() -> None:
    """S1.43."""
    token = tokens.mint(KEY, Purpose.MANAGE, BOOKING, 1, generation=0, revision=1)
    assert proves(token, revision=1)
    assert not proves(token, revision=2)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_raising_the_generation_kills_every_link_of_that_person(purpose: Purpose) -> None:
    """S2.31."""
    token = tokens.mint(KEY, purpose, BOOKING, 1, generation=0, revision=0)
    assert not proves(token, generation=1)


def test_another_key_proves_nothing() -> None:
    token = tokens.mint(KEY, Purpose.API, BOOKING, 1, generation=0)
    assert not proves(token, key=bytes(32))


def test_a_mail_link_does_not_serve_as_api_token() -> None:
    """A token of one purpose is refused for another."""
    link = tokens.mint(KEY, Purpose.MANAGE, BOOKING, 1, generation=0, revision=0)
    assert not proves("ctk_" + link.partition("_")[2])


@given(person=st.integers(1, 40), other=st.integers(1, 40))
def test_a_person_cannot_make_another_persons_link_of_their_own(person: int, other: int) -> None:
    if person == other:
        return
    mine = claimed(tokens.mint(KEY, Purpose.MANAGE, BOOKING, person, generation=0, revision=0))
    forged = Claimed(mine.purpose, mine.booking, other, mine.mac)
    assert not tokens.proves(forged, KEY, generation=0, revision=0)


@given(st.text(max_size=300))
def test_whatever_is_sent_as_a_token_is_read_or_refused_but_never_fails(text: str) -> None:
    for token in (text, f"ctk_{text}", f"m_{text}"):
        found = tokens.read(token)
        assert found is None or not tokens.proves(found, KEY, generation=0, revision=0)


def test_a_changed_token_proves_nothing() -> None:
    token = tokens.mint(KEY, Purpose.API, BookingId(BOOKING), 1, generation=0)
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    assert not proves(changed)
