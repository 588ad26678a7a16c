"""A series waits for its host as a whole."""

from server.domain.booking import Actor, Status
from server.domain.series import Frequency, Recurrence, SeriesRules
from server.ports import Ports
from server.usecases.booking import create, links, look
from server.usecases.booking.create import NewBooking
from tests.builders import NOW, at
from tests.usecases.booking.waits import set_up
from tests.web.guest.conftest import Guest

TEN = at("2026-03-02 10:00")


async def test_a_series_is_answered_as_a_whole_and_says_how_it_repeats(guest: Guest, ports: Ports) -> None:
    """S3.30"""
    rules = SeriesRules(frequencies=(Frequency.WEEKLY,), count_max=6)
    await set_up(ports, requires_confirmation=True, series=rules)
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=TEN,
        name="Gus Guest",
        email="gus@example.net",
        zone="Europe/Berlin",
        recurring=Recurrence(frequency=Frequency.WEEKLY, count=4),
    )
    looked = await look.by_id(ports, (await create.create(ports, wish, Actor.GUEST, NOW)).id)
    path = f"/b/intro/approve/{links.answer_token(ports, looked.booking, looked.record)}"
    assert "Repeats every week, 4 times, from Mon, Mar 2, 2026 to Mon, Mar 23, 2026" in (
        (await guest.open(path)).words
    )
    await guest.send(path, {"answer": "approve"})
    after = (await look.by_id(ports, looked.record.id)).booking
    assert (after.status, len(after.meetings)) == (Status.CONFIRMED, 4)
