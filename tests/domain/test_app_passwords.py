"""How app passwords are written, read and kept."""

import pytest

from server.domain.app_passwords import SECRET_CHARS, digest, name_faults, secret_in, written
from server.domain.identity import Home

SECRET = "k7qm2x4tabcdefghijklmnop2345"
KEY = b"k" * 32
ALICE = Home("alice")


def test_a_secret_is_shown_in_groups_of_four() -> None:
    assert written(SECRET) == "k7qm-2x4t-abcd-efgh-ijkl-mnop-2345"


@pytest.mark.parametrize(
    "typed", [SECRET, written(SECRET), written(SECRET).upper(), f" {written(SECRET).replace('-', ' ')}\t"]
)
def test_a_secret_is_read_as_people_type_it(typed: str) -> None:
    assert secret_in(typed) == SECRET


@pytest.mark.parametrize(
    "text",
    ["", "opensesame", SECRET[1:], SECRET + "a", SECRET.replace("k", "1"), "ü" * SECRET_CHARS, "-" * 10**6],
)
def test_anything_else_is_no_secret(text: str) -> None:
    assert secret_in(text) is None


def test_the_digest_says_nothing_without_the_key_and_differs_by_home() -> None:
    kept = digest(KEY, ALICE, SECRET)
    others = {
        digest(b"o" * 32, ALICE, SECRET),
        digest(KEY, Home("bob"), SECRET),
        digest(KEY, ALICE, "a" + SECRET[1:]),
    }
    assert kept == digest(KEY, ALICE, SECRET)
    assert len(kept) == 64
    assert len(others - {kept}) == 3


@pytest.mark.parametrize(
    ("name", "is_fine"), [("phone", True), ("", False), ("a\nb", False), ("x" * 61, False)]
)
def test_a_name_is_one_short_line(name: str, is_fine: bool) -> None:
    assert (not name_faults(name)) is is_fine
