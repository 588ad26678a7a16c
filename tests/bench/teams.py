"""One week of slots of a team, beside the same week of one host.

Everybody is open every day from 08:00 to 20:00 in one of three zones and has 2,000 events in their calendar, some of them in
that week; half hours are offered at every quarter. Between two answers something changes in the calendar of one member.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

import msgspec

import radicale_plugin
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry
from radicale_plugin.index import Index
from server.adapters.calendars import RadicaleCalendars
from server.adapters.memory import memory_ports
from server.domain.hosts import Strategy
from server.domain.identity import DEFAULT_CALENDAR
from server.ports import Ports
from server.usecases.booking import offer
from server.web.api_v1 import availability
from server.web.api_v1.shapes import Availability, AvailabilityQuery
from server.web.api_v1.slot_json import SlotJson
from tests.bench.harness import Row, at_most, compare
from tests.bench.slots import NOW_S, PROPERTIES, WEEK, WEEKS_AROUND, event_text
from tests.builders import BERLIN, NOW, event_type, event_type_id, host, settle_in, team

BARS = {5: 5, 20: 10, 100: 30}
EVENTS = 2_000
IN_THE_WEEK = 12
DIARIES = 10
"""How many different calendars there are; to read 200,000 events would take longer than all the rest."""
ZONES = (BERLIN, "Europe/London", "Asia/Kolkata")
KIND = event_type(step=15, weekly="mon-sun 08:00-20:00", buffers=(10, 5))


def rows() -> Iterable[Row]:
    """Measure the answers of teams of 5, 20 and 100 beside that of a single host."""
    with _installation(max(BARS)) as (ports, index):
        single = _answering(ports, "h1", index, [])
        for strategy in (Strategy.ROUND_ROBIN, Strategy.COLLECTIVE):
            for number, bar in BARS.items():
                homes = [f"h{at}" for at in range(1, number + 1)]
                asyncio.run(_found(ports, homes, strategy))
                together = _answering(ports, "sales", index, homes)
                slots = len(msgspec.json.decode(together(), type=Availability).slots)
                name = f"a week of {slots} slots, {number} hosts {strategy.value}, one host"
                yield at_most(name, *compare(together, single), bar=bar)


@contextmanager
def _installation(number: int) -> Iterator[tuple[Ports, Index]]:
    with tempfile.TemporaryDirectory() as folder:
        application = radicale_plugin.make(Path(folder), lambda _: BERLIN, lambda _: (), lambda _: True)
        calendars = RadicaleCalendars(application.storage)
        ports = memory_ports(NOW, calendars=calendars)
        diaries: list[Sequence[Entry]] = []
        for at in range(1, number + 1):
            home = f"h{at}"
            person = host(home, number=at, zone=ZONES[at % len(ZONES)], weekly="mon-sun 08:00-20:00")
            asyncio.run(settle_in(ports, person, replace(KIND, number=1_000 + at, id=event_type_id(at))))
            path = Path(folder) / "collection-root" / home / DEFAULT_CALENDAR
            (path / ".Radicale.props").write_text(PROPERTIES)
            index = application.storage.index.add(f"{home}/{DEFAULT_CALENDAR}")
            assert index is not None
            if len(diaries) < DIARIES:
                diaries.append(_diary(index, Random(at)))
            index.fill(diaries[at % len(diaries)])
        yield ports, application.storage.index
        calendars.close()


async def _found(ports: Ports, homes: Sequence[str], strategy: Strategy) -> None:
    """Make the team one of these hosts."""
    present = ports.homes.team("sales")
    wanted = team("sales", *homes)
    await ports.homes.save_team(replace(wanted, revision=present.revision if present else 0))
    kind = ports.homes.event_type("sales", "intro")
    made = replace(KIND, home=wanted.home, number=999, id=event_type_id(0), strategy=strategy)
    await ports.homes.save_event_type(replace(made, revision=kind.revision if kind else 0))


def _answering(ports: Ports, home: str, index: Index, homes: Sequence[str]) -> Callable[[], bytes]:
    slots = SlotJson()
    query = AvailabilityQuery(start="2026-03-23", end="2026-03-29", timezone="America/New_York")
    person, kind = offer.find(ports, home, "intro")
    next_one = cycle(homes or [home])

    def answer() -> bytes:
        index.touch(next(next_one))
        return availability.render(ports, person, kind, query, NOW_S, slots)

    return answer


def _diary(index: CalendarIndex, random: Random) -> Sequence[Entry]:
    return [
        index.read(f"{at}.ics", event_text(at, start), 0.0)
        for at, start in enumerate(_starts(random), start=1)
    ]


def _starts(random: Random) -> Iterator[datetime]:
    """Give the starts of half-hour meetings: a few in the week, the rest in other weeks."""
    for at in range(EVENTS):
        weeks = 0 if at < IN_THE_WEEK else random.choice((-1, 1)) * random.randint(1, WEEKS_AROUND)
        yield WEEK + timedelta(weeks=weeks, days=random.randrange(7), minutes=30 * random.randrange(48))
