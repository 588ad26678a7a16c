"""Furnish the demonstration: a host with a full calendar, and a meeting of each kind: at once, on request, repeated, shared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.event_type import EventType, Location, LocationType, ReschedulePolicy
from server.domain.host import Host
from server.domain.hours import parse_hours
from server.domain.identity import EventTypeId, Home, Slug, calendar_path
from server.domain.series import Frequency, SeriesRules
from server.ports import ObjectWrite, Ports
from server.usecases.host import demo_calendar

DEMO = Home("demo")
PASSWORD = "demo"  # noqa: S105 - it is printed at every start, and only served to this machine

OFFERED = (
    EventType(
        id=EventTypeId(""),
        number=0,
        home=DEMO,
        slug=Slug("intro"),
        title="Intro call",
        description="Half an hour to get to know each other.",
        duration_min=30,
        location=Location(type=LocationType.LINK, value="https://meet.example.org/dana"),
    ),
    EventType(
        id=EventTypeId(""),
        number=0,
        home=DEMO,
        slug=Slug("review"),
        title="Design review",
        description="An hour for your drawings, with time to prepare and to write down what was said.",
        duration_min=60,
        step_min=30,
        buffer_before_min=10,
        buffer_after_min=15,
        requires_confirmation=True,
        confirm_within_min=2 * 1440,
        guest_reschedule_policy=ReschedulePolicy.APPROVE,
        location=Location(type=LocationType.IN_PERSON, value="Daybook, Invalidenstr. 1, 10115 Berlin"),
    ),
    EventType(
        id=EventTypeId(""),
        number=0,
        home=DEMO,
        slug=Slug("lesson"),
        title="Drawing lesson",
        description="It takes more than one: book as many as you like, each week or each month.",
        duration_min=45,
        series=SeriesRules(frequencies=(Frequency.WEEKLY, Frequency.MONTHLY), count_max=12),
    ),
    EventType(
        id=EventTypeId(""),
        number=0,
        home=DEMO,
        slug=Slug("workshop"),
        title="Workshop",
        description="Three of you at one table. When all seats are taken, two may wait for one.",
        duration_min=90,
        seats=3,
        waitlist_max=2,
    ),
)
"""What the demo host offers: a call at once, a review on request, lessons that repeat, and a workshop with seats."""


async def furnish(ports: Ports, now: datetime) -> Host:
    """Return the demo host, made with calendar and event types where there is none; leaves an existing one alone."""
    host = ports.homes.host(DEMO)
    if host is None:
        await ports.calendars.create_home(DEMO)
        await _fill_calendar(ports, now)
        for event_type in _event_types(ports):
            await ports.homes.save_event_type(event_type)
        # Last, so that a start which was cut short is done again by the next one.
        host = await ports.homes.save_host(_host(ports))
    if await ports.ledger.password_hash(DEMO) is None and not host.disabled:
        await ports.accounts.set_password(DEMO, PASSWORD)
    return host


async def _fill_calendar(ports: Ports, now: datetime) -> None:
    calendar = calendar_path(DEMO, _host(ports).receiving)
    today = now.astimezone(ZoneInfo(demo_calendar.BERLIN)).date()
    wishes = [
        ObjectWrite(calendar, href, await ports.calendars.etag(calendar, href), text)
        for href, text in demo_calendar.objects(today, now)
    ]
    staged = await ports.calendars.stage(DEMO, wishes)
    await ports.calendars.swap(DEMO, "demo", staged, ())


def _host(ports: Ports) -> Host:
    return Host(
        home=DEMO,
        number=ports.homes.next_number(),
        name="Dana Demo",
        email="demo@example.org",
        zone=demo_calendar.BERLIN,
        about="I show how booking with Daybook works. Pick any time: nobody will wait for you.",
        hours=parse_hours("mon-thu 09:00-12:00,13:00-17:30; fri 09:00-14:00"),
    )


def _event_types(ports: Ports) -> Sequence[EventType]:
    """Return the event types that a cut-short start has not saved yet."""
    return [
        replace(one, id=ports.ids.event_type(), number=ports.homes.next_number())
        for one in OFFERED
        if ports.homes.event_type(DEMO, one.slug) is None
    ]
