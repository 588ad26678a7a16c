"""A Daybook with every port in memory and a clock that stands, as a process of its own: `python -m tests.browser.serve`.

Prints one line of JSON (its address, and the links of bookings in each state), then serves until it is ended. Hours,
bookings and time are the same in every run, so that a test may say "the week in which the clocks change".
"""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.texter import MemoryTexter
from server.cli import log
from server.domain.away import Away
from server.domain.booking import Actor, Booking
from server.domain.choices import PlaceWish
from server.domain.companions import Companion
from server.domain.event_type import EventType, Location, LocationType, ReschedulePolicy, Visibility
from server.domain.hours import DateOverride
from server.domain.identity import Home
from server.domain.limits import Caps
from server.domain.questions import Question, QuestionType
from server.domain.reminders import parse
from server.ports import ObjectWrite, Ports
from server.settings.model import LogFormat, LogLevel, LogSettings
from server.usecases.booking import cancel, companions, create, decline, links, look, reschedule, verify
from server.usecases.booking.create import NewBooking
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from server.usecases.invite.open import token_of
from server.web.app import make_app
from server.web.options import WebOptions
from tests.browser import seats, series, teams
from tests.builders import at, event_type, host, settle_in

NOW = at("2026-03-05 09:20")
"""A Thursday morning in Berlin; clocks change on 8 March in Los Angeles and on 29 March in Berlin."""

ANNA = replace(
    host("anna", name="Anna Weber", weekly="mon-thu 09:00-12:00,13:00-17:00; fri 09:00-13:00"),
    about="I build bridges, and I like to talk about them.\nTuesdays on site, otherwise in Berlin.",
)
INTRO = replace(
    event_type(
        "intro", home="anna", title="First conversation", location="https://meet.example/anna", notice_min=120
    ),
    description="Half an hour to get to know each other and to see whether I can help.",
)
REVIEW = replace(
    event_type("review", home="anna", number=3, title="Design review", minutes=60, buffers=(10, 15)),
    description="Bring your drawings; I bring questions.",
    location=Location(type=LocationType.IN_PERSON, value="Torstraße 1, 10119 Berlin"),
    zone_locked=True,
    reminders=(parse("1d guest"), parse("2h guest sms")),
)
RARE = event_type(
    "rare", home="anna", number=4, title="Rare visit", weekly="wed 10:00-11:00", notice_min=15 * 1440
)
SURVEY = replace(
    event_type("survey", home="anna", number=20, title="Site visit", minutes=60),
    description="I come to you, or call first.",
    duration_options=(30, 60, 90),
    location=Location(type=LocationType.GUEST_PLACE),
    location_options=(
        Location(type=LocationType.GUEST_PHONE),
        Location(type=LocationType.IN_PERSON, value="Torstraße 1, 10119 Berlin"),
    ),
    questions=(
        Question(id="topic", label="What is it about?", required=True, hint="A sentence is enough."),
        Question(id="more", label="Tell me more", type=QuestionType.TEXTAREA),
        Question(
            id="stage",
            label="How far are you?",
            type=QuestionType.SELECT,
            options=("An idea", "A sketch", "Drawings"),
        ),
        Question(
            id="days",
            label="Which days suit you for a second visit?",
            type=QuestionType.MULTI_SELECT,
            options=("Monday", "Wednesday", "Friday"),
            hint="As many as you like.",
        ),
        Question(
            id="built",
            label="Is anything built already?",
            type=QuestionType.RADIO,
            options=("Yes", "No"),
            required=True,
        ),
        Question(id="area", label="Area in square metres", type=QuestionType.NUMBER),
        Question(id="phone", label="A number for the day itself", type=QuestionType.PHONE),
        Question(id="site", label="Pictures on the web", type=QuestionType.URL),
        Question(
            id="terms", label="I know that a visit costs 80 €", type=QuestionType.CHECKBOX, required=True
        ),
    ),
    thanks="Thank you! I will write the day before.\nPlease have your drawings at hand.",
)
LED = replace(
    event_type("led", home="anna", number=21, title="Workshop", minutes=60),
    redirect_url="https://elsewhere.example/thanks?from=daybook",
    questions=(Question(id="topic", label="What is it about?"),),
)
WALK = replace(
    event_type("walk", home="anna", number=22, title="Walk over the bridge", minutes=60), guests_max=3
)
CLOSED = event_type("closed", home="anna", number=5, title="Sabbatical", weekly="never")
HUSH = replace(
    event_type("hush", home="anna", number=6, title="An hour on the site", minutes=60, notice_min=120),
    visibility=Visibility.PRIVATE,
)
MENTORING = replace(
    event_type("mentoring", home="anna", number=7, title="Mentoring", minutes=60, notice_min=120),
    description="An hour for your own plans. I look at each request myself.",
    requires_confirmation=True,
    confirm_within_min=3 * 1440,
    guest_reschedule_policy=ReschedulePolicy.APPROVE,
    cancel_deadline_min=2 * 1440,
    reschedule_deadline_min=2 * 1440,
)

PITCH = replace(
    event_type("pitch", home="anna", number=23, title="Pitch me a bridge", minutes=30), confirm_address=True
)
OTTO = host("otto", number=30, name="Otto Brandt")
OTTOS_PORTRAIT = event_type("portrait", home="otto", number=31, title="A portrait", minutes=60)
MONA = replace(
    host(
        "mona",
        number=32,
        name="Mona Lind",
        overrides=(DateOverride(date(2026, 3, 17), (), "Saint Patrick's Day"),),
    ),
    away=(
        Away(
            first=date(2026, 3, 4),
            last=date(2026, 3, 13),
            message="I am painting in the mountains, without a telephone.\nOtto knows where I hang.",
            deputy=Home("otto"),
        ),
    ),
)
PORTRAIT = replace(
    event_type("portrait", home="mona", number=33, title="A portrait", minutes=60), caps=Caps(per_day=1)
)
SITTING = replace(
    event_type("sitting", home="mona", number=34, title="A long sitting", minutes=120),
    caps=Caps(per_week=1),
    guest_caps=Caps(total=1),
)


async def furnish() -> tuple[Ports, dict[str, str]]:
    """Return ports with a host and her event types, and a path for a booking in each state."""
    clock = FixedClock(NOW - timedelta(hours=1))
    ports = memory_ports(NOW, calendars=MemoryCalendars(), clock=clock, texter=MemoryTexter())
    await settle_in(ports, ANNA, INTRO, REVIEW, RARE, CLOSED, SURVEY, LED, HUSH, MENTORING, WALK, PITCH)
    await settle_in(ports, OTTO, OTTOS_PORTRAIT)
    await settle_in(ports, MONA, PORTRAIT, SITTING)
    await _booked(ports, PORTRAIT, at("2026-03-18 10:00"))
    await _booked(ports, SITTING, at("2026-03-26 10:00"))
    await settle_in(ports, host("ben", number=30, name="Ben Okafor"))
    over = await _booked(ports, REVIEW, at("2026-03-05 09:00"))
    clock.move_to(NOW)
    cancelled = await _booked(ports, INTRO, at("2026-03-10 09:00"))
    moved = await _booked(ports, INTRO, at("2026-03-10 10:00"))
    missing = await _booked(ports, INTRO, at("2026-03-10 11:00"))
    kept = await _booked(ports, INTRO, at("2026-03-12 15:00"))
    replaced = await _path(ports, moved)
    now = clock.now()
    looked = await look.by_id(ports, cancelled.id)
    cancelled = await cancel.cancel(ports, looked, "My train is late.", Actor.GUEST, now)
    looked = await look.by_id(ports, moved.id)
    await reschedule.reschedule(ports, looked, at("2026-03-11 10:00"), Actor.GUEST, now)
    await _remove(ports, missing)
    return ports, {
        "over": await _path(ports, over),
        "cancelled": await _path(ports, cancelled),
        "replaced": replaced,
        "missing": await _path(ports, missing),
        "surveyed": await _path(ports, await _surveyed(ports)),
        "kept": await _path(ports, kept),
        **await _waiting(ports),
        **await _unproven(ports),
        **await _brought_along(ports),
        "joint": await _joint(ports),
        **await _invited(ports),
        **await series.furnish(ports),
        **await teams.furnish(ports, _path),
        **await seats.furnish(ports),
    }


async def _surveyed(ports: Ports) -> Booking:
    """Book a visit with answers to every kind of question."""
    wish = NewBooking(
        home=SURVEY.home,
        slug=SURVEY.slug,
        start=at("2026-03-24 13:00"),
        name="Ana Sousa",
        email="ana@example.net",
        zone="Europe/Lisbon",
        duration_min=90,
        place=PlaceWish("guest_place", "Rua do Cais 4, Porto"),
        answers={
            "topic": ["A footbridge over the canal"],
            "more": ["Sixty metres, two supports.\nNo cars."],
            "days": ["Monday", "Friday"],
            "built": ["No"],
            "terms": ["yes"],
        },
    )
    return await create.create(ports, wish, Actor.HOST, ports.clock.now())


async def _booked(
    ports: Ports, kind: EventType, start: datetime, token: str = "", *, actor: Actor = Actor.HOST
) -> Booking:
    wish = NewBooking(
        home=kind.home,
        slug=kind.slug,
        start=start,
        name="Ravi Menon",
        email="ravi@example.net",
        zone="Asia/Kolkata",
        notes="I will bring the plans of the footbridge.",
        invite=token,
    )
    return await create.create(ports, wish, actor, ports.clock.now())


async def _waiting(ports: Ports) -> dict[str, str]:
    """Return the paths of requests that wait for their host, for guest and host, and of what became of others."""
    now = ports.clock.now()
    asked = await _booked(ports, MENTORING, at("2026-03-17 10:00"), actor=Actor.GUEST)
    moved = await _booked(ports, MENTORING, at("2026-03-18 10:00"))
    looked = await look.by_id(ports, moved.id)
    moved = await reschedule.reschedule(ports, looked, at("2026-03-19 14:00"), Actor.GUEST, now)
    refused = await _booked(ports, MENTORING, at("2026-03-17 13:00"), actor=Actor.GUEST)
    answered = await _answer_path(ports, refused)
    looked = await look.by_id(ports, refused.id)
    refused = await decline.decline(ports, looked, "I am on site all week.", Actor.HOST, now)
    late = await _booked(ports, MENTORING, at("2026-03-06 10:00"))
    return {
        "asked": await _path(ports, asked),
        "asked-elsewhen": await _path(ports, moved),
        "declined": await _path(ports, refused),
        "late": await _path(ports, late),
        "answer": await _answer_path(ports, asked),
        "answer-elsewhen": await _answer_path(ports, moved),
        "answered": answered,
    }


async def _unproven(ports: Ports) -> dict[str, str]:
    """Return the paths of bookings whose guests have yet to prove their address, have done so, or came too late."""
    now, clock = ports.clock.now(), ports.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(now - timedelta(hours=1))
    late = await _booked(ports, PITCH, at("2026-03-27 10:00"), actor=Actor.GUEST)
    clock.move_to(now)
    waits = await _booked(ports, PITCH, at("2026-03-27 11:00"), actor=Actor.GUEST)
    done = await _booked(ports, PITCH, at("2026-03-27 12:00"), actor=Actor.GUEST)
    paths = {
        "unproven": await _path(ports, waits),
        "lapsed": await _path(ports, late),
        "address": await _address_path(ports, waits),
        "address-late": await _address_path(ports, late),
        "address-done": await _address_path(ports, done),
    }
    await verify.verify(ports, await look.by_id(ports, done.id), now)
    return paths


async def _address_path(ports: Ports, booking: Booking) -> str:
    link = links.verify_link(ports, booking, (await look.by_id(ports, booking.id)).record)
    assert link is not None
    return urlsplit(link).path


async def _brought_along(ports: Ports) -> dict[str, str]:
    """Return the paths of a booking with companions: for the booker, for one who comes, for one who does not."""
    wish = NewBooking(
        home=WALK.home,
        slug=WALK.slug,
        start=at("2026-03-25 10:00"),
        name="Ravi Menon",
        email="ravi@example.net",
        zone="Asia/Kolkata",
        guests=[
            Companion("ana@example.net", "Ana Sousa"),
            Companion("kim@example.net"),
            Companion("lee@example.net", "Lee Park"),
        ],
    )
    made = await create.create(ports, wish, Actor.GUEST, ports.clock.now())
    looked = await look.by_id(ports, made.id)
    paths = {
        state: links.manage_path(ports, looked.booking, looked.record, person)
        for state, person in (("walk", 1), ("companion", 2), ("off", 4))
    }
    await companions.take_off(ports, looked, 4, Actor.HOST, ports.clock.now())
    return paths


async def _joint(ports: Ports) -> str:
    """Return the path of a booking of two hosts."""
    wish = NewBooking(
        home="anna+ben",
        slug=INTRO.slug,
        start=at("2026-03-26 10:00"),
        name="Ravi Menon",
        email="ravi@example.net",
        zone="Asia/Kolkata",
    )
    return await _path(ports, await create.create(ports, wish, Actor.GUEST, ports.clock.now()))


async def _answer_path(ports: Ports, booking: Booking) -> str:
    looked = await look.by_id(ports, booking.id)
    return f"/b/{booking.slug}/approve/{links.answer_token(ports, looked.booking, looked.record)}"


async def _invited(ports: Ports) -> dict[str, str]:
    """Return the path of an invite in each state."""
    said = (
        "You asked how the new footbridge stands on so little.\nCome and see: bring boots, I bring helmets."
    )
    wanted = [Wanted(name="Ravi Menon", email=f"ravi+{n}@example.net", message=said) for n in range(4)]
    now = ports.clock.now()
    invited, used, revoked, _ = await invite(ports, (HUSH.home, HUSH.slug), wanted, Terms(), now)
    (expired,) = await invite(
        ports, (HUSH.home, HUSH.slug), wanted[3:], Terms(days=1), now - timedelta(days=2)
    )
    await change.revoke(ports, revoked.id, now)
    await _booked(ports, HUSH, at("2026-03-16 10:00"), token_of(ports, used))
    paths = {"invited": invited, "used-up": used, "revoked": revoked, "expired": expired}
    return {state: f"/i/{token_of(ports, one)}" for state, one in paths.items()}


async def _remove(ports: Ports, booking: Booking) -> None:
    """Take the booking's object out of the calendar, as a calendar client does."""
    stored = (await look.by_id(ports, booking.id)).stored
    wish = ObjectWrite(stored.calendar, stored.href, stored.etag, None)
    await ports.calendars.swap(booking.home, "", await ports.calendars.stage(booking.home, [wish]), [])


async def _path(ports: Ports, booking: Booking) -> str:
    record = await ports.ledger.booking(booking.id)
    assert record is not None
    return links.manage_path(ports, booking, record, look.OWNER)


async def serve() -> None:
    """Serve on a free port until the process is ended; all that is ever logged goes to standard error, a JSON line each."""
    log.configure(LogSettings(level=LogLevel.DEBUG, format=LogFormat.JSON))
    ports, paths = await furnish()
    options = WebOptions(
        pages_per_minute=0, changes_per_hour=0, mails_per_recipient_per_day=0, form_seconds_min=0
    )
    runner = web.AppRunner(make_app(ports, options), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}", **paths}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
