"""A booking as a line in a list, and how it is found."""

from dataclasses import replace

import pytest

from server.domain.booking_row import WORDS_MAX, row_of
from tests.builders import booking, event_type, guest

MADE = booking(
    "10:00-10:30",
    kind=event_type(title="Design review", location="Torstraße 1"),
    attendees=[guest("Zoë Quast", "zoe@example.net")],
    notes="Bring the plans",
)


def test_a_row_says_who_what_and_when() -> None:
    row = row_of(MADE)
    assert (row.id, row.event_type, row.status, row.span) == (
        MADE.id,
        MADE.event_type_id,
        MADE.status,
        MADE.span,
    )
    assert (row.people, row.created_at) == (
        (("Zoë Quast", "zoe@example.net"),),
        int(MADE.created_at.timestamp()),
    )


@pytest.mark.parametrize("text", ["zoë", "ZOE@example", "quast review", "TORSTRASSE", "plans", "", "  "])
def test_a_search_finds_people_titles_places_and_notes_in_whatever_case(text: str) -> None:
    assert row_of(MADE).mentions(text)


@pytest.mark.parametrize("text", ["quast budget", "anna", "bk_"])
def test_a_search_wants_every_word(text: str) -> None:
    assert not row_of(MADE).mentions(text)


def test_a_long_note_does_not_fill_the_memory() -> None:
    assert len(row_of(replace(MADE, notes="x" * 5000)).words) <= WORDS_MAX
