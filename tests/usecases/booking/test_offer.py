"""Which starts a guest is offered, and which calendars are read for it."""

from collections.abc import Iterable

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import CalendarPath, Uid
from server.domain.intervals import Span
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import offer
from tests.builders import NOW, calendar, clock_times, epoch, event_type, host, settle_in, span
from tests.usecases.booking.foreign import client_puts

NOW_S = int(NOW.timestamp())
DAY_S = 86_400
TODAY = span("00:00-24:00")


class WatchedCalendars(MemoryCalendars):
    """Calendars in memory that note what they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Span] = []

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        self.asked.append(span)
        return super().busy(calendars, span, without=without)


@pytest.fixture
def calendars() -> WatchedCalendars:
    return WatchedCalendars()


@pytest.fixture
async def ports(calendars: WatchedCalendars) -> Ports:
    made = memory_ports(NOW, calendars=calendars)
    await settle_in(made, host(), event_type(horizon_days=30))
    await client_puts(made, calendar(), "dentist", span("10:00-12:00"))
    return made


@pytest.fixture
def found(ports: Ports) -> tuple[Host, EventType]:
    return offer.find(ports, "alice", "intro")


def test_starts_are_offered_within_the_hours_and_beside_what_stands_in_the_calendar(
    ports: Ports, found: tuple[Host, EventType]
) -> None:
    starts = offer.offer(ports, *found, TODAY, NOW_S)
    assert clock_times(starts) == "09:00 09:30 12:00 12:30 13:00 13:30 14:00 14:30 15:00 15:30 16:00 16:30"


def test_every_start_that_is_offered_can_be_booked_and_no_other_on_the_grid(
    ports: Ports, found: tuple[Host, EventType]
) -> None:
    """S1.6: a property of the domain, held here over the ports."""
    offered = offer.offer(ports, *found, TODAY, NOW_S)
    accepted = [at for at in range(*TODAY, 300) if offer.refusal(ports, *found, at, NOW_S) is None]
    assert accepted == offered


@pytest.mark.parametrize("days", [-4_000, -2, 40, 4_000])
def test_no_calendar_is_read_for_a_time_that_cannot_be_booked_anyway(
    ports: Ports, found: tuple[Host, EventType], calendars: WatchedCalendars, days: int
) -> None:
    """A guest who asks for the year 2037 must not make the index follow every series until then."""
    far = (TODAY[0] + days * DAY_S, TODAY[1] + days * DAY_S)
    calendars.asked.clear()
    assert offer.offer(ports, *found, far, NOW_S) == []
    refused = offer.refusal(ports, *found, far[0] + 9 * 3600, NOW_S)
    assert refused is (Refusal.TOO_SOON if days < 0 else Refusal.TOO_FAR)
    assert calendars.asked == []


def test_the_last_start_before_the_horizon_ends_is_offered(
    ports: Ports, found: tuple[Host, EventType]
) -> None:
    end = epoch("2026-04-01 09:00")  # 30 days of 24 hours later, and clocks have gone forward since
    window = (end - DAY_S, end + DAY_S)
    assert offer.offer(ports, *found, window, NOW_S)[-1] == end - 16 * 3600 - 1800
    assert offer.offer(ports, *found, window, NOW_S + 60)[-1] == end
