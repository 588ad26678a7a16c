"""How much of a text goes into one short message."""

import pytest

from server.domain.gsm import fits, is_gsm, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00\u202fAM \u2013 9:30\u202fAM", "9:00 AM - 9:30 AM"),
        ("Łukasz pojutrze, środa", "Lukasz pojutrze, sroda"),
        ("Grüße, à bientôt, Ωmega", "Grüße, à bientot, Ωmega"),
        ("“Intro”…", '"Intro"...'),
        ("Γειά σου", "Γειά σου"),
        ("会議", "会議"),
    ],
)
def test_letters_lose_accents_only_where_that_makes_them_gsm(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_message_holds_160_gsm_characters() -> None:
    assert fits("a" * 160)
    assert not fits("a" * 161)
    assert fits("ß" * 160)


def test_a_euro_sign_takes_the_room_of_two() -> None:
    assert fits("€" * 80)
    assert not fits("€" * 80 + "a")


def test_a_message_of_other_letters_holds_70() -> None:
    assert not is_gsm("会")
    assert fits("会" * 70)
    assert not fits("会" * 71)
    assert not fits("😀" * 36)
