"""Which language and region a browser's owner reads."""

import pytest

from server.web.reading.language import choose, region_of

SPOKEN = ("en", "de", "fr")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en;q=0.5,fr;q=0.9", "fr"),
        ("es,fr;q=0.3", "fr"),
        ("es, *", "en"),
        ("fr;q=0,de;q=0.1", "de"),
        ("fr;q=x,de", "de"),
        (";;,,=", "en"),
        ("DE-de", "de"),
    ],
)
def test_the_best_of_the_languages_that_are_spoken_is_chosen(accept: str, language: str) -> None:
    assert choose(accept, SPOKEN, "en") == language


@pytest.mark.parametrize(
    ("accept", "region"),
    [
        ("en-GB,en;q=0.9", "GB"),
        ("de,en-US", "US"),
        ("en", ""),
        ("en-Latn-IE", "IE"),
        ("en-419", ""),
        ("de-AT", ""),
    ],
)
def test_the_region_is_that_of_the_chosen_language(accept: str, region: str) -> None:
    assert region_of(accept, "en") == region
