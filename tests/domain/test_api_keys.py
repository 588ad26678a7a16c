"""Keys of programs: how they look, and what is kept of them."""

import pytest

from server.domain.api_keys import Presented, digest, permission, prefix, read, written
from server.domain.permissions import Permission

LIVE = Presented("key_" + "a" * 16, "b" * 28, is_test=False)
TEST = Presented("key_" + "a" * 16, "b" * 28, is_test=True)


@pytest.mark.parametrize("key", [LIVE, TEST])
def test_a_key_is_read_as_it_was_written(key: Presented) -> None:
    assert read(written(key)) == key


@pytest.mark.parametrize(
    ("beginning", "key"),
    [
        ("db_live_", LIVE),
        ("db_test_", TEST),
        ("ac_live_", LIVE),
        ("ac_test_", TEST),
        ("cal_live_", LIVE),
        ("cal_test_", TEST),
    ],
)
def test_programs_may_write_a_key_with_the_beginning_that_they_expect(beginning: str, key: Presented) -> None:
    assert read(beginning + "a" * 16 + "b" * 28) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "db_live_",
        "xx_live_" + "a" * 44,
        "db_live_" + "a" * 43,
        "db_live_" + "A" * 44,
        written(LIVE) + "\n",
    ],
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert read(text) is None


def test_the_digest_is_another_for_another_server_key_secret_or_mode() -> None:
    other = Presented(LIVE.id, "c" * 28, is_test=False)
    digests = {digest(b"k", LIVE), digest(b"l", LIVE), digest(b"k", TEST), digest(b"k", other)}
    assert len(digests) == 4


def test_what_a_list_shows_of_a_key_holds_nothing_of_its_secret() -> None:
    assert prefix(LIVE.id, is_test=False) == "db_live_" + "a" * 16


@pytest.mark.parametrize("text", ["scheduler.view", "view", " View "])
def test_a_permission_is_named_with_or_without_its_realm(text: str) -> None:
    assert permission(text) is Permission.VIEW


def test_an_unknown_permission_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"scheduler\.delete"):
        permission("fly")
