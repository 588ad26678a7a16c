"""A host's addresses."""

from dataclasses import replace

import pytest

from server.domain.host import readdressed
from tests.builders import host

ALICE = replace(host(), email="alice@example.org", other_addresses=("a@work.example",))


@pytest.mark.parametrize(
    ("email", "addresses"),
    [
        ("alice@example.org", ("alice@example.org", "a@work.example")),
        ("Alice@Example.org", ("Alice@Example.org", "a@work.example")),
        ("alice@new.example", ("alice@new.example", "a@work.example", "alice@example.org")),
        ("a@work.example", ("a@work.example", "alice@example.org")),
    ],
)
def test_a_former_main_address_stays_the_hosts(email: str, addresses: tuple[str, ...]) -> None:
    """What was booked under it names it as the organizer, and clients ask whether that is the host."""
    assert readdressed(ALICE, email).addresses == addresses


def test_a_first_address_is_the_only_one() -> None:
    assert readdressed(replace(host(), email=""), "alice@example.org").addresses == ("alice@example.org",)
