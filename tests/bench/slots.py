"""One week of slots, from the calendars' index in memory to the bytes of the answer.

The host is open every day from 08:00 to 20:00 and offers half hours at every quarter, or, in a plain week, keeps office
hours and offers them every half hour; three calendars block. The week has the same twelve meetings whether the calendars hold a hundred events or fifty thousand: the others lie in the ten years around.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec

import radicale_plugin
from radicale_plugin.calendar_index import CalendarIndex
from server.adapters.calendars import RadicaleCalendars
from server.adapters.memory import memory_ports
from server.domain.event_type import EventType
from server.domain.identity import DEFAULT_CALENDAR
from server.usecases.booking import offer
from server.web.api_v1 import availability
from server.web.api_v1.shapes import Availability, AvailabilityQuery
from server.web.api_v1.slot_json import SlotJson
from tests.bench.harness import Row, alike, at_most, compare
from tests.builders import BERLIN, NOW, at, event_type, host, settle_in

FEW, MANY = 100, 50_000
CALENDARS = (DEFAULT_CALENDAR, "private", "team")
IN_THE_WEEK = 12
WEEK = at("2026-03-23 00:00")
"""Clocks change on its Sunday."""
NOW_S = int(NOW.timestamp())
WEEKS_AROUND = 260
STEP = timedelta(minutes=30)
FULL = event_type(step=15, weekly="mon-sun 08:00-20:00", buffers=(10, 5))
PLAIN = event_type(step=30, weekly="mon-fri 09:00-17:00")
PLAIN_BAR = 12
"""Not 4: what is done once for each answer, some 25 µs, is the same for few slots and for many."""
PROPERTIES = '{"tag": "VCALENDAR"}'


def rows() -> Iterable[Row]:
    """Measure the answer beside msgspec's encoding of the same slots, full and plain, and with many events beside few."""
    with _answering(MANY, PLAIN) as plain:
        answer = msgspec.json.decode(plain(), type=Availability)
        name = f"a plain week of {len(answer.slots)} slots, 3 calendars, encoding alone"
        yield at_most(name, *compare(plain, lambda: msgspec.json.encode(answer)), bar=PLAIN_BAR)
    with _answering(FEW) as few, _answering(MANY) as many:
        assert few() == many()
        answer = msgspec.json.decode(few(), type=Availability)
        name = f"a week of {len(answer.slots)} slots, 3 calendars"
        yield at_most(f"{name}, encoding alone", *compare(many, lambda: msgspec.json.encode(answer)), bar=4)
        yield alike(f"{name}, {MANY:,} events and {FEW}", *compare(many, few))


@contextmanager
def _answering(number: int, kind: EventType = FULL) -> Iterator[Callable[[], bytes]]:
    """Give what answers for a host whose calendars hold `number` events."""
    with tempfile.TemporaryDirectory() as folder:
        application = radicale_plugin.make(Path(folder), lambda _: BERLIN, lambda _: (), lambda _: True)
        calendars = RadicaleCalendars(application.storage)
        ports = memory_ports(NOW, calendars=calendars)
        asyncio.run(settle_in(ports, host(), kind))
        for number_of, name in enumerate(CALENDARS):
            path = Path(folder) / "collection-root" / "alice" / name
            path.mkdir(parents=True, exist_ok=True)
            (path / ".Radicale.props").write_text(PROPERTIES)
            index = application.storage.index.add(f"alice/{name}")
            assert index is not None
            _fill(index, list(_events(number))[number_of :: len(CALENDARS)])
        slots = SlotJson()
        query = AvailabilityQuery(start="2026-03-23", end="2026-03-29", timezone="America/New_York")
        person, kind = offer.find(ports, "alice", "intro")
        yield lambda: availability.render(ports, person, kind, query, NOW_S, slots)
        calendars.close()


def _events(number: int) -> Iterator[datetime]:
    """Give the starts of half-hour meetings: the same few in the week, the rest in other weeks."""
    random = Random(2)
    for at_ in range(number):
        weeks = 0 if at_ < IN_THE_WEEK else random.choice((-1, 1)) * random.randint(1, WEEKS_AROUND)
        day, slot = (
            (at_ % 7, 20 + at_ % 11) if at_ < IN_THE_WEEK else (random.randrange(7), random.randrange(48))
        )
        yield WEEK + timedelta(weeks=weeks, days=day) + slot * STEP


def _fill(index: CalendarIndex, starts: Iterable[datetime]) -> None:
    """Take events into the index as a start does, without a file for each."""
    index.fill(
        index.read(f"{number}.ics", event_text(number, start), 0.0) for number, start in enumerate(starts)
    )


def event_text(number: int, start: datetime) -> bytes:
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bench//EN",
        "BEGIN:VEVENT",
        f"UID:{number}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTEND:{(start + STEP).astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "SUMMARY:Meeting",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()
