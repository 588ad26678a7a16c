"""How a reader of a language and region sees times, and what happens when a language is not spoken."""

from datetime import UTC, datetime, timedelta

import pytest

from server.i18n.translator import translator

NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_americans_count_to_twelve() -> None:
    assert plain(translator("en").hours(NOON, NOON + timedelta(hours=1), "America/New_York")) == (
        "12:00 PM – 1:00 PM"
    )


def test_the_british_count_to_twenty_four() -> None:
    assert translator("en-GB").hour(NOON, "Europe/London") == "17:00"


def test_a_meeting_over_midnight_names_the_day_it_ends_on() -> None:
    text = plain(translator("en").hours(NOON, NOON + timedelta(hours=8), "Europe/Berlin"))
    assert text == "6:00 PM – Wed, Dec 2, 2026, 2:00 AM"


def test_the_day_is_that_of_the_readers_zone() -> None:
    late = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert translator("en").day(late, "Europe/Berlin") == "Wednesday, December 2, 2026"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Berlin", "Central European Standard Time (GMT+01:00)"),
        ("Asia/Kathmandu", "Asia/Kathmandu (GMT+05:45)"),
    ],
)
def test_a_zone_is_named_with_its_offset_at_that_time(zone: str, name: str) -> None:
    assert translator("en").zone(NOON, zone) == name


def test_summer_time_is_named_as_such() -> None:
    july = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert translator("en").zone(july, "Europe/Berlin") == "Central European Summer Time (GMT+02:00)"


@pytest.mark.parametrize("tag", ["tlh", "xx-YY", "", "en-XX", "../../etc"])
def test_an_unknown_language_reads_english(tag: str) -> None:
    assert translator(tag).language == "en"


def test_values_are_filled_into_the_words() -> None:
    assert translator("en").text("Hello %(name)s", name="Ada") == "Hello Ada"
    assert translator("en").count("%(num)d guest", "%(num)d guests", 2) == "2 guests"
