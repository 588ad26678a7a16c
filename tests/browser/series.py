"""A host whose meetings may repeat, and series in each state, for the served Daybook of the browser's tests."""

from dataclasses import replace
from datetime import timedelta

from server.domain.booking import Actor, Booking
from server.domain.series import Frequency, Recurrence, SeriesRules, originals
from server.ports import Ports
from server.usecases.booking import cancel, create, links, look
from server.usecases.booking.cancel_occurrence import cancel_occurrence
from server.usecases.booking.create import NewBooking
from server.usecases.booking.move_occurrence import move_occurrence
from tests.builders import BERLIN, at, event_type, host, settle_in

NORA = host("nora", number=90, name="Nora Vogt")
LESSON = replace(
    event_type(
        "lesson", home="nora", number=91, title="A lesson", minutes=60, location="https://meet.example/nora"
    ),
    description="At the piano. It takes more than one.",
    series=SeriesRules(frequencies=(Frequency.WEEKLY, Frequency.MONTHLY), count_max=12),
)
WEEKLY = Recurrence(frequency=Frequency.WEEKLY, count=6)
TEN = at("2026-03-10 10:00")
STARTS = originals(WEEKLY, TEN, BERLIN)


async def furnish(ports: Ports) -> dict[str, str]:
    """Return the paths of a series with one meeting moved, one cancelled and one skipped, and of one that is cancelled."""
    now = ports.clock.now()
    await settle_in(ports, NORA, LESSON)
    changed = await _booked(ports, skip=frozenset({STARTS[4]}))
    looked = await look.by_id(ports, changed.id)
    to = STARTS[1] + timedelta(days=1, hours=4)
    await move_occurrence(ports, looked, STARTS[1], to, Actor.GUEST, now)
    looked = await look.by_id(ports, changed.id)
    await cancel_occurrence(ports, looked, STARTS[2], "There is a concert.", Actor.HOST, now)
    ended = await _booked(ports, at("2026-03-13 15:00"))
    looked = await look.by_id(ports, ended.id)
    await cancel.cancel(ports, looked, "", Actor.GUEST, now)
    return {"series": await _path(ports, changed), "series-ended": await _path(ports, ended)}


async def _booked(ports: Ports, start: object = TEN, **more: object) -> Booking:
    wish = NewBooking(
        home=NORA.home,
        slug=LESSON.slug,
        start=TEN,
        name="Ravi Menon",
        email="ravi@example.net",
        zone="Asia/Kolkata",
        recurring=WEEKLY,
    )
    wish = replace(wish, start=start, **more)  # type: ignore[arg-type]
    return await create.create(ports, wish, Actor.GUEST, ports.clock.now())


async def _path(ports: Ports, booking: Booking) -> str:
    looked = await look.by_id(ports, booking.id)
    return links.manage_path(ports, looked.booking, looked.record, look.OWNER)
