"""VTIMEZONEs that we write, read by icalendar and by libical: the same instants as the zone has, in every hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from server.ical.timezones import vtimezone
from tests.ical import libical

pytestmark = pytest.mark.slow

ZONES = [
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
    "Africa/Cairo", "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Chatham",
]  # fmt: skip
# A booking of today, read by a client in the year before, of it, and after it.
FROM, UNTIL = datetime(2025, 7, 1), datetime(2028, 2, 1)
HOUR = timedelta(hours=1)


def written(name: str) -> str:
    """Return the definition under a name that nobody knows, so that readers go by what it says."""
    text = vtimezone(name, FROM.replace(tzinfo=UTC), UNTIL.replace(tzinfo=UTC))
    return text.replace(name, f"Own-{name.replace('/', '-')}")


def walls(zone: ZoneInfo) -> list[datetime]:
    """Return every hour that the clocks in the zone show once: in a gap and in a fold readers have no say."""
    hours = [FROM + number * HOUR for number in range(int((UNTIL - FROM) / HOUR))]
    return [
        wall
        for wall in hours
        if wall.replace(tzinfo=zone).utcoffset() == wall.replace(tzinfo=zone, fold=1).utcoffset()
    ]


@pytest.mark.parametrize("name", ZONES)
def test_icalendar_reads_the_instants_of_the_zone(name: str) -> None:
    zone = ZoneInfo(name)
    read = icalendar.Timezone.from_ical(written(name)).to_tz(lookup_tzid=False)  # type: ignore[attr-defined]
    wrong = [
        wall
        for wall in walls(zone)
        if wall.replace(tzinfo=read).utcoffset() != wall.replace(tzinfo=zone).utcoffset()
    ]
    assert wrong == []


@pytest.mark.skipif(not libical.is_here(), reason="Debian's gir1.2-ical-3.0 and python3-gi are not installed")
def test_libical_reads_the_instants_of_the_zones() -> None:
    hours = {name: walls(ZoneInfo(name)) for name in ZONES}
    questions = [
        {"ask": "offsets", "zone": written(name), "walls": [f"{wall:%Y%m%dT%H%M%S}" for wall in hours[name]]}
        for name in ZONES
    ]
    for name, answer in zip(ZONES, libical.asked(questions, patience_s=10), strict=True):
        offsets = [wall.replace(tzinfo=ZoneInfo(name)).utcoffset() for wall in hours[name]]
        assert isinstance(answer, list), name
        read = [timedelta(seconds=offset) for offset in answer]
        wrong = [
            wall for wall, theirs, ours in zip(hours[name], read, offsets, strict=True) if theirs != ours
        ]
        assert wrong == [], name
