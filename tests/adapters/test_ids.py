"""Identifiers have their form and never meet, at random or counted."""

import re
import uuid

import pytest

from server.adapters.ids import RandomIds
from server.adapters.memory.ids import CountingIds
from server.domain import tokens
from server.domain.invites import is_invite_id
from server.domain.tokens import Purpose
from server.ports import Ids


@pytest.fixture(params=[RandomIds, CountingIds])
def ids(request: pytest.FixtureRequest) -> Ids:
    made: Ids = request.param()
    return made


def test_ids_have_sixteen_characters_of_base32(ids: Ids) -> None:
    assert re.fullmatch(r"bk_[a-z2-7]{16}", ids.booking())
    assert re.fullmatch(r"evt_[a-z2-7]{16}", ids.event_type())
    assert is_invite_id(ids.invite())


def test_a_uid_is_a_random_uuid(ids: Ids) -> None:
    uid = ids.uid()
    assert (str(uuid.UUID(uid)), uuid.UUID(uid).version) == (uid, 4)


def test_a_secret_has_128_bits_in_url_safe_text(ids: Ids) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", ids.secret())


def test_no_two_are_equal(ids: Ids) -> None:
    made = [one() for one in (ids.booking, ids.event_type, ids.uid, ids.secret) for _ in range(500)]
    assert len(set(made)) == len(made)


def test_a_booking_id_survives_a_token(ids: Ids) -> None:
    id_ = ids.booking()
    claimed = tokens.read(tokens.mint(b"key", Purpose.API, id_, 1, generation=0))
    assert claimed is not None
    assert claimed.booking == id_
