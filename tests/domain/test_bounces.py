"""Addresses that failed mails come back to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.bounces import TOKENS_MAX, BounceClaim, bounce_address, proves_bounce, read_bounces

OWN, KEY = "bounces@book.example.org", b"k" * 32


@given(st.integers(1, 2**53), st.booleans())
def test_an_address_says_which_mail_it_is_of_and_proves_it_in_any_case(mail: int, loud: bool) -> None:
    address = bounce_address(OWN, KEY, mail, "bk_a", "1")
    (claim,) = read_bounces(OWN, f"<{address.upper() if loud else address}>")
    assert claim.mail == mail
    assert proves_bounce(claim, KEY, "bk_a", "1")


def test_the_part_before_the_at_sign_is_never_too_long() -> None:
    address = bounce_address(f"{'b' * 24}@x.org", KEY, 2**53, "bk_a")
    assert len(address.partition("@")[0]) <= 64


def test_what_the_mail_is_is_bound_into_its_address() -> None:
    (claim,) = read_bounces(OWN, bounce_address(OWN, KEY, 7, "bk_a", "1"))
    assert not proves_bounce(claim, KEY, "bk_a", "2")
    assert not proves_bounce(claim, b"o" * 32, "bk_a", "1")
    assert not proves_bounce(BounceClaim(8, claim.mac), KEY, "bk_a", "1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bounces@book.example.org",
        "bounces+7@book.example.org",
        "other+7-aaaaaaaaaaaaaaaa@book.example.org",
        "bounces+7-aaaaaaaaaaaaaaaa@book.example.org.evil.example",
        "bounces+7-aaaaaaaaaaaaaaa1@book.example.org",
        "bounces+٧-aaaaaaaaaaaaaaaa@book.example.org",
    ],
)
def test_what_is_no_address_of_a_mail_claims_nothing(text: str) -> None:
    assert read_bounces(OWN, text) == []


def test_a_header_full_of_addresses_is_not_read_to_its_end() -> None:
    text = ", ".join(bounce_address(OWN, KEY, mail) for mail in range(1000))
    assert len(read_bounces(OWN, text)) == TOKENS_MAX
