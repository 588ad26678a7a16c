"""Invites: what they may say, what their links prove, when they end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.invites import (
    GENERATIONS_MAX,
    InviteId,
    InviteState,
    faults,
    is_invite_id,
    mint_invite,
    proves_invite,
    read_invite,
)
from tests.builders import NOW, invite

KEY = b"a key for tests, of 32 bytes, ok"


def test_a_sound_invite_has_no_faults() -> None:
    assert faults(invite()) == {}
    assert faults(replace(invite(), name="", email="", message="")) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 256),
        ("name", "Ada\nBcc: x@y.example"),
        ("email", "ada at home"),
        ("message", "x" * 2_001),
        ("message", "\x07"),
        ("language", "german please"),
        ("uses_max", 0),
        ("uses_max", 1_001),
        ("expires_at", NOW),
        ("expires_at", NOW + timedelta(days=731)),
        ("expires_at", NOW.replace(tzinfo=None)),
    ],
)
def test_what_cannot_stand_in_an_invite_is_named(field: str, value: object) -> None:
    assert list(faults(replace(invite(), **{field: value}))) == [field]  # type: ignore[arg-type]


def test_a_token_names_its_invite_and_proves_it_by_128_bits() -> None:
    token = mint_invite(KEY, invite().id, generation=0)
    claim = read_invite(token)
    assert claim is not None
    assert (claim.invite, len(claim.mac) * 8) == (invite().id, 128)
    assert proves_invite(claim, KEY, generation=0)


def test_a_token_is_of_one_invite_one_generation_and_one_key() -> None:
    claim = read_invite(mint_invite(KEY, invite().id, generation=1))
    assert claim is not None
    assert not any(proves_invite(claim, KEY, generation=other) for other in (0, *range(2, GENERATIONS_MAX)))
    assert not proves_invite(claim, KEY[::-1], generation=1)
    assert not proves_invite(replace(claim, invite=invite(2).id), KEY, generation=1)


@pytest.mark.parametrize(
    "text", ["", "i_", "i_x", "m_AAAA", "i_" + "A" * 63, "i_ä", "i_" + "=" * 35, "I_" + "A" * 35]
)
def test_what_is_no_token_is_read_as_none(text: str) -> None:
    assert read_invite(text) is None


def test_a_truncated_token_claims_nothing_that_is_true() -> None:
    token = mint_invite(KEY, invite().id, generation=0)
    read = [read_invite(token[:length]) for length in range(len(token))]
    assert not any(claim is not None and claim.invite == invite().id for claim in read)


@pytest.mark.parametrize("text", ["inv_" + "a" * 15, "inv_" + "A" * 16, "inv_aaaaaaaaaaaaaaa1", "../inv_x"])
def test_an_id_has_one_form(text: str) -> None:
    assert is_invite_id(invite().id)
    assert not is_invite_id(InviteId(text))


def test_an_invite_is_open_until_it_is_used_up_expires_or_is_revoked() -> None:
    two = replace(invite(), uses_max=2)
    assert two.state(1, NOW) is InviteState.OPEN
    assert two.state(2, NOW) is InviteState.USED_UP
    assert two.state(0, two.expires_at) is InviteState.EXPIRED
    assert two.state(0, two.expires_at - timedelta(seconds=1)) is InviteState.OPEN
    assert replace(two, revoked_at=NOW).state(2, two.expires_at) is InviteState.REVOKED


def test_an_invite_is_forgotten_ninety_days_after_its_end() -> None:
    one = invite()
    assert not one.is_forgotten(one.expires_at + timedelta(days=89))
    assert one.is_forgotten(one.expires_at + timedelta(days=90))
    assert replace(one, revoked_at=NOW).is_forgotten(NOW + timedelta(days=90))
