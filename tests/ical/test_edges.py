"""What is written of a booking at a change of the clocks, read by libical: the instants that are meant."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.ical import libical
from tests.ical.edges import ZONES, bookings, changes, written

pytestmark = pytest.mark.slow


def test_the_bookings_stand_at_every_change_of_the_clocks() -> None:
    assert {zone: len(changes(ZoneInfo(zone))) for zone in ZONES} == dict.fromkeys(ZONES, 6) | {
        "America/Sao_Paulo": 0,
        "Asia/Kathmandu": 0,
    }
    assert all({one.start for one in bookings(zone)} >= set(changes(ZoneInfo(zone))) for zone in ZONES)


@pytest.mark.skipif(not libical.is_here(), reason="Debian's gir1.2-ical-3.0 and python3-gi are not installed")
@pytest.mark.parametrize("is_known", [True, False], ids=["named", "by the VTIMEZONE alone"])
def test_libical_reads_the_instants_of_every_mail_and_object(is_known: bool) -> None:
    """C11: TZID with the VTIMEZONE of its time."""
    objects = written()
    texts = [one.text if is_known else one.text.replace(one.zone, "Own-Zone") for one in objects]
    answers = libical.asked([{"ask": "span", "text": text} for text in texts], patience_s=10)
    wrong = [
        f"{one.name}: {stamp(read)}, not {one.span}"
        for one, read in zip(objects, answers, strict=True)
        if read != list(one.span)
    ]
    assert wrong == []


def stamp(read: object) -> object:
    """Return what was read so that a reader sees by how much it is wrong."""
    return (
        [datetime.fromtimestamp(at, ZoneInfo("UTC")).isoformat() for at in read]
        if isinstance(read, list)
        else read
    )
