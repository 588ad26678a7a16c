"""Dates, times and zones in the reader's words."""

from datetime import date, timedelta

import pytest

from server.i18n.catalogues import languages
from server.i18n.translator import Translator, translator
from server.web.reading import wording
from server.web.reading.zones import canonical, place, zone_options
from tests.builders import at

BRITISH = translator("en-GB")
AMERICAN = translator("en-US")


def test_a_day_without_its_year_reads_well_in_every_language() -> None:
    day = date(2026, 3, 4)
    read = {
        tag: wording.day_without_year(day, Translator(tag, translator(tag).locale.parse(tag)))
        for tag in ("en", "de", "fr", "es", "it", "pl", "nl")
    }
    assert read == {
        "en": "Wednesday, March 4",
        "de": "Mittwoch, 4. März",
        "fr": "mercredi 4 mars",
        "es": "miércoles, 4 de marzo",
        "it": "mercoledì 4 marzo",
        "pl": "środa, 4 marca",
        "nl": "woensdag 4 maart",
    }


@pytest.mark.parametrize("tag", languages())
def test_a_column_of_a_month_is_headed_by_three_letters_at_most(tag: str) -> None:
    """A telephone has room for no more: a Polish Sunday, "niedz", would be broken in two."""
    week = [date(2026, 3, 2) + timedelta(days=at) for at in range(7)]
    heads = [wording.narrow_weekday(day, translator(tag)) for day in week]
    assert (max(map(len, heads)) <= 3, len(set(heads))) == (True, 7)


def test_a_meeting_is_told_in_the_readers_zone_and_in_the_hosts_where_clocks_differ() -> None:
    start = at("2026-03-02 09:00")
    end = start + timedelta(minutes=30)
    here = wording.when(BRITISH, start, end, zone="Asia/Kolkata", host_zone="Europe/Berlin", twelve=False)
    assert (here.day, here.time) == ("Monday, 2 March 2026", "13:30 – 14:00")
    assert (here.zone, here.there) == ("Kolkata (UTC+5:30)", "09:00 – 09:30")
    same = wording.when(BRITISH, start, end, zone="Europe/Paris", host_zone="Europe/Berlin", twelve=False)
    assert same.there is None


def test_the_hosts_day_is_named_when_it_is_another() -> None:
    start = at("2026-03-03 00:30")
    there = wording.when(
        BRITISH, start, start, zone="America/Los_Angeles", host_zone="Europe/Berlin", twelve=False
    )
    assert there.day == "Monday, 2 March 2026"
    assert there.there == "Tuesday, 3 March 2026, 00:30 – 00:30"


@pytest.mark.parametrize(("twelve", "shown"), [(True, "12:00 am"), (False, "00:00")])
def test_midnight_is_not_noon(twelve: bool, shown: str) -> None:
    assert wording.clock(at("2026-03-02 00:00", "UTC"), BRITISH, twelve=twelve) == shown


def test_regions_count_hours_and_weeks_in_their_own_way() -> None:
    assert (wording.counts_to_twelve(AMERICAN), wording.counts_to_twelve(BRITISH)) == (True, False)
    assert (wording.first_weekday(AMERICAN), wording.first_weekday(BRITISH)) == (6, 0)


@pytest.mark.parametrize("text", ["2026-03-02T09:00Z", "2026-03-02T10:00+01:00"])
def test_an_instant_of_an_address_is_read(text: str) -> None:
    assert wording.parse_instant(text) == at("2026-03-02 10:00")


@pytest.mark.parametrize("text", ["", "x", "2026-03-02T09:00", "0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_what_is_no_instant_is_none(text: str) -> None:
    assert wording.parse_instant(text) is None


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("UTC", "UTC"),
        ("Mars/Olympus", None),
        ("../etc", None),
    ],
)
def test_zones_are_known_by_old_names_too(said: str, known: str | None) -> None:
    assert canonical(said) == known


def test_a_zone_is_told_by_its_city() -> None:
    assert place("America/Argentina/Buenos_Aires", BRITISH.locale) == "Buenos Aires"
    assert place("UTC", BRITISH.locale) == "UTC"


def test_every_zone_that_is_a_place_can_be_chosen_with_its_offset_on_the_day() -> None:
    labels = {option.name: option.label for option in zone_options(date(2026, 1, 5), BRITISH.locale)}
    assert labels["Asia/Kolkata"] == "Kolkata, India (UTC+5:30)"
    assert labels["America/St_Johns"].endswith("Canada (UTC−3:30)")
    assert labels["UTC"] == "UTC (UTC+0)"
    assert len(labels) > 400
