"""Durations as people type them."""

import click
import pytest

from server.cli.minutes import MINUTES


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("45m", 45),
        ("1h", 60),
        ("1h30m", 90),
        ("1h30", 90),
        ("2d", 2880),
        ("1D2H", 1560),
        ("0", 0),
    ],
)
def test_a_duration_is_read(text: str, minutes: int) -> None:
    assert MINUTES.convert(text, None, None) == minutes


@pytest.mark.parametrize("text", ["", " ", "an hour", "-5", "1.5h", "30m1h", "1h30s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="1h30m"):
        MINUTES.convert(text, None, None)
