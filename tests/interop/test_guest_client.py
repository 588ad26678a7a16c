"""Daybook's mails in a guest's Thunderbird, in any order: the guest opens each and presses what the program offers."""

from collections.abc import Iterator
from itertools import permutations

import pytest

from server.domain.booking import Actor
from server.domain.companions import Companion
from server.domain.event_type import Location, LocationType
from server.domain.identity import BookingId, Home
from server.domain.series import Frequency, Recurrence, originals
from server.usecases.booking import cancel, companions, confirm, keep, look, reassign, reschedule
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.move_occurrence import move_occurrence
from server.usecases.room.again import ask_again
from tests.builders import BERLIN, DAY, at
from tests.correspondence import GUEST, LINK, Correspondence, Deed
from tests.interop import debian, thunderbird
from tests.interop.thunderbird import GuestsThunderbird
from tests.usecases.booking import teams

pytestmark = [pytest.mark.interop, pytest.mark.slow]

ACCEPT_ALL = "imipAcceptRecurrencesButton"
ACCEPT, UPDATE, DELETE, NOTHING = "imipAcceptButton", "imipUpdateButton", "imipDeleteButton", ""
HESITATES = "You have recently deleted this item, are you sure you want to process this invitation?"
TEN, ELEVEN, TWO = (at(f"{DAY} {clock}") for clock in ("10:00", "11:00", "14:00"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuestsThunderbird]:
    """Return a Thunderbird that is started once."""
    if debian.version(*thunderbird.PACKAGES) is None:
        pytest.skip("lacks Debian's thunderbird, which .ci/install-test-needs installs where it may")
    running = GuestsThunderbird(tmp_path_factory.mktemp("guest"), GUEST)
    yield running
    running.close()


@pytest.fixture(params=["thunderbird"])
def client(program: GuestsThunderbird) -> Iterator[GuestsThunderbird]:
    """Return a Thunderbird without mails and meetings."""
    yield program
    program.clear()


def move(start_: object, actor: Actor) -> Deed:
    return lambda ports, looked, now: reschedule.reschedule(ports, looked, start_, actor, now)  # type: ignore[arg-type]


def call_off(actor: Actor = Actor.HOST) -> Deed:
    return lambda ports, looked, now: cancel.cancel(ports, looked, "", actor, now)


def hand(to: Home, *, notify: bool = True) -> Deed:
    return lambda ports, looked, now: reassign.reassign(ports, looked, Actor.HOST, now, to=to, notify=notify)


def opened(client: GuestsThunderbird, mails: list[bytes]) -> list[str]:
    """Receive and open mails in turn; return what was pressed."""
    return [client.press(client.receive(mail)) for mail in mails]


def standing(client: GuestsThunderbird) -> list[tuple[object, ...]]:
    """Return start, SEQUENCE, status and the guest's answer of each meeting in the guest's calendar."""
    return [
        (one["start"], one["sequence"], one["status"], one["answer"]) for one in client.meetings().values()
    ]


async def life(*deeds: Deed) -> list[bytes]:
    """Return the guest's mails of a booking at ten to which these things happen."""
    post = await Correspondence.begun()
    booking = await post.book(TEN)
    for deed in deeds:
        await post.do(deed, booking)
    assert len(post.to_guest()) == 1 + len(deeds)
    return post.to_guest()


async def test_a_booking_enters_the_guests_calendar(client: GuestsThunderbird) -> None:
    """S1.42, S1.55, S1.63"""
    post = await Correspondence.begun()
    booking = await post.present(await post.book(TEN))
    assert opened(client, post.to_guest()) == [ACCEPT]
    assert client.meetings() == {
        booking.uid: {
            "title": "Gespräch – 30 min – Alice Example",
            "start": booking.span[0],
            "end": booking.span[1],
            "zone": "Europe/Berlin",
            "sequence": 0,
            "status": "CONFIRMED",
            "place": LINK,
            "answer": "ACCEPTED",
        }
    }


@pytest.mark.parametrize("actor", [Actor.GUEST, Actor.HOST])
async def test_a_meeting_follows_when_it_is_moved_and_goes_when_it_is_cancelled(
    client: GuestsThunderbird, actor: Actor
) -> None:
    """S1.25, S1.42, S1.57, S1.58"""
    invitation, update, end = await life(move(TWO, actor), call_off(actor))
    assert opened(client, [invitation, update]) == [ACCEPT, ACCEPT]
    assert standing(client) == [(TWO.timestamp(), 1, "CONFIRMED", "ACCEPTED")]
    assert opened(client, [end]) == [DELETE]
    assert client.meetings() == {}


async def test_a_meeting_that_is_moved_or_cancelled_without_a_notice_follows_all_the_same(
    client: GuestsThunderbird,
) -> None:
    """C9"""
    invitation, update, end = await life(
        lambda ports, looked, now: reschedule.reschedule(ports, looked, TWO, Actor.HOST, now, notify=False),
        lambda ports, looked, now: cancel.cancel(ports, looked, "", Actor.HOST, now, notify=False),
    )
    assert opened(client, [invitation, update]) == [ACCEPT, ACCEPT]
    assert standing(client) == [(TWO.timestamp(), 1, "CONFIRMED", "ACCEPTED")]
    assert opened(client, [end]) == [DELETE]
    assert client.meetings() == {}


async def test_the_same_mail_again_changes_nothing(client: GuestsThunderbird) -> None:
    invitation, update, end = await life(move(TWO, Actor.HOST), call_off())
    assert opened(client, [invitation, invitation, update, update]) == [ACCEPT, NOTHING, ACCEPT, NOTHING]
    assert standing(client) == [(TWO.timestamp(), 1, "CONFIRMED", "ACCEPTED")]
    assert opened(client, [end, end]) == [DELETE, NOTHING]
    assert client.meetings() == {}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_updates_in_any_order_end_in_the_newest_time(
    client: GuestsThunderbird, order: tuple[int, ...]
) -> None:
    """S1.42: SEQUENCE tells the newest, whatever came last."""
    mails = await life(move(TWO, Actor.GUEST), move(ELEVEN, Actor.HOST))
    opened(client, [mails[number] for number in order])
    assert standing(client) == [(ELEVEN.timestamp(), 2, "CONFIRMED", "ACCEPTED")]


async def test_an_update_after_the_cancellation_is_not_taken_without_a_question(
    client: GuestsThunderbird,
) -> None:
    """S1.58: the guest is warned, and what was cancelled stays away."""
    invitation, update, end = await life(move(TWO, Actor.HOST), call_off())
    assert opened(client, [invitation, end, update, invitation]) == [ACCEPT, DELETE, HESITATES, HESITATES]
    assert client.meetings() == {}


async def test_a_cancellation_before_everything_takes_the_meeting_out_when_it_is_opened_again(
    client: GuestsThunderbird,
) -> None:
    """Thunderbird keeps no cancellation of what it never had."""
    invitation, update, end = await life(move(TWO, Actor.HOST), call_off())
    assert opened(client, [end, update, invitation, end]) == [NOTHING, ACCEPT, NOTHING, DELETE]
    assert client.meetings() == {}


async def test_a_request_enters_the_calendar_when_it_is_approved(client: GuestsThunderbird) -> None:
    """S1.20, S1.34, S1.36, S1.64: nothing with METHOD while a request waits."""
    post = await Correspondence.begun()
    booking = await post.book(TEN, "asked")
    await post.do(lambda ports, looked, now: confirm.confirm(ports, looked, Actor.HOST, now), booking)
    await post.do(move(ELEVEN, Actor.GUEST), booking)
    await post.do(lambda ports, looked, now: keep.keep(ports, looked, "", Actor.HOST, now), booking)
    await post.do(move(TWO, Actor.GUEST), booking)
    await post.do(lambda ports, looked, now: confirm.confirm(ports, looked, Actor.HOST, now), booking)
    _, approved, _, kept, _, moved = post.to_guest()
    assert opened(client, [approved]) == [ACCEPT]
    (first,) = standing(client)
    opened(client, [kept])
    (second,) = standing(client)
    assert (first[0], second[0]) == (TEN.timestamp(), TEN.timestamp())
    opened(client, [moved, approved, kept])
    present = await post.present(booking)
    assert standing(client) == [(TWO.timestamp(), present.sequence, "CONFIRMED", "ACCEPTED")]


async def test_a_room_that_is_opened_late_is_named_in_the_meeting(client: GuestsThunderbird) -> None:
    """S2.26"""
    post = await Correspondence.begun()
    post.rooms.error = "timeout"
    booking = await post.book(TEN, "call")
    post.rooms.error = ""

    async def later(ports: object, _looked: object, now: object) -> None:
        await ask_again(ports, now)  # type: ignore[arg-type]

    await post.do(later, booking)
    pressed = opened(client, post.to_guest())
    (meeting,) = client.meetings().values()
    assert pressed[0] == ACCEPT
    assert pressed[1] in {ACCEPT, UPDATE}
    assert (await post.present(booking)).location == Location(type=LocationType.LINK, value=post.rooms.answer)
    assert (meeting["place"], meeting["answer"]) == (post.rooms.answer, "ACCEPTED")


async def test_who_is_taken_off_loses_the_meeting_and_nobody_else_does(client: GuestsThunderbird) -> None:
    """S1.8, S1.11: a CANCEL that ends one person's part and not the meeting."""
    post = await Correspondence.begun()
    booking = await post.book(TEN, email="fay@example.net", guests=(Companion(GUEST, "Gus"),))
    assert opened(client, post.to_guest()) == [ACCEPT]
    await post.do(lambda ports, looked, now: companions.take_off(ports, looked, 2, Actor.HOST, now), booking)
    assert opened(client, post.to_guest()[1:]) == [DELETE]
    assert client.meetings() == {}
    assert [one.email for one in (await post.present(booking)).attendees] == ["fay@example.net"]


EVERY_THIRD_WEEK = Recurrence(frequency=Frequency.WEEKLY, interval=3, count=12)
FIRST = at("2026-03-10 10:00")
STARTS = originals(EVERY_THIRD_WEEK, FIRST, BERLIN)
"""Twelve meetings, from before the clocks go forward until they have gone back."""

WHOLE_YEARS = (at("2026-01-01 00:00").timestamp(), at("2028-01-01 00:00").timestamp())


def move_one(number: int, clock: str, actor: Actor) -> Deed:
    to = at(f"{STARTS[number]:%Y-%m-%d} {clock}")
    return lambda ports, looked, now: move_occurrence(ports, looked, STARTS[number], to, actor, now)


def call_off_one(number: int, actor: Actor = Actor.HOST) -> Deed:
    return lambda ports, looked, now: cancel_occurrence(ports, looked, STARTS[number], "", actor, now)


def call_off_from(number: int, actor: Actor = Actor.HOST) -> Deed:
    day = STARTS[number].date()
    return lambda ports, looked, now: cancel_future(ports, looked, day, "", actor, now)


async def course(*deeds: Deed) -> tuple[Correspondence, BookingId]:
    """Return what becomes of a series to which these things happen."""
    post = await Correspondence.begun()
    booking = await post.book(FIRST, "course", recurring=EVERY_THIRD_WEEK)
    for deed in deeds:
        await post.do(deed, booking)
    assert len(post.to_guest()) == 1 + len(deeds)
    return post, booking


def occurring(client: GuestsThunderbird) -> list[tuple[float, float]]:
    return client.occurrences(*WHOLE_YEARS)


async def meant(post: Correspondence, booking: BookingId) -> list[tuple[int, int]]:
    """Return when the meetings of a series are, as the host's calendar has them."""
    return sorted(one.span for one in (await post.present(booking)).meetings)


async def test_a_series_in_the_guests_calendar_goes_through_all_that_happens_to_it(
    client: GuestsThunderbird,
) -> None:
    """S3.30 to S3.33: over two changes of the clocks, one meeting moved, one cancelled, all later ones, all."""
    post, booking = await course()
    for deed, pressed in (
        (None, ACCEPT_ALL),
        (move_one(2, "14:00", Actor.GUEST), ACCEPT),
        (move_one(3, "15:00", Actor.HOST), ACCEPT),
        (call_off_one(5), DELETE),
        (move_one(2, "16:00", Actor.HOST), ACCEPT),
        (call_off_from(9), ACCEPT_ALL),
        (move_one(7, "11:00", Actor.HOST), ACCEPT),
        (call_off_one(3, Actor.GUEST), DELETE),
    ):
        if deed is not None:
            await post.do(deed, booking)
        assert opened(client, post.to_guest()[-1:]) == [pressed]
        assert occurring(client) == await meant(post, booking)
    assert len(occurring(client)) == 7
    await post.do(call_off(), booking)
    assert opened(client, post.to_guest()[-1:]) == [DELETE]
    assert client.meetings() == {}


async def test_changes_of_single_meetings_come_in_any_order(client: GuestsThunderbird) -> None:
    """S1.42: each has a place of its own in the series."""
    deeds = (move_one(2, "14:00", Actor.GUEST), call_off_one(5), move_one(3, "15:00", Actor.HOST))
    post, booking = await course(*deeds)
    first, *mails = post.to_guest()
    opened(client, [first, *reversed(mails)])
    assert occurring(client) == await meant(post, booking)


async def test_what_is_left_of_a_series_overrides_what_is_opened_late(client: GuestsThunderbird) -> None:
    """The new rule comes with all exceptions: Thunderbird forgets those that it lacks."""
    deeds = (move_one(2, "14:00", Actor.GUEST), call_off_one(5), call_off_from(9))
    post, booking = await course(*deeds)
    invitation, moved, cancelled, cut = post.to_guest()
    assert opened(client, [invitation, cut, moved, invitation]) == [ACCEPT_ALL, ACCEPT_ALL, NOTHING, NOTHING]
    assert occurring(client) == await meant(post, booking)
    opened(client, [cancelled])
    assert occurring(client) == await meant(post, booking)


async def test_who_was_not_told_of_a_change_is_told_of_the_next_one_with_it(
    client: GuestsThunderbird,
) -> None:
    """A mail that could not leave before the next change is not sent: the next one says what it said."""
    post, booking = await course()
    assert opened(client, post.to_guest()) == [ACCEPT_ALL]
    looked = await look.by_id(post.ports, booking)
    await move_one(2, "14:00", Actor.HOST)(post.ports, looked, post.now)
    await post.do(call_off_one(5), booking)
    assert len(post.to_guest()) == 2
    assert opened(client, post.to_guest()[1:]) == [ACCEPT_ALL]
    assert occurring(client) == await meant(post, booking)


async def test_a_newcomer_gets_the_series_with_all_that_was_changed_in_it(client: GuestsThunderbird) -> None:
    post = await Correspondence.begun()
    booking = await post.book(FIRST, "course", recurring=EVERY_THIRD_WEEK, email="fay@example.net")
    for deed in (move_one(2, "14:00", Actor.GUEST), call_off_one(5)):
        await post.do(deed, booking)
    newcomer = Companion(GUEST, "Gus")
    await post.do(
        lambda ports, looked, now: companions.bring(ports, looked, newcomer, Actor.HOST, now), booking
    )
    assert opened(client, post.to_guest()) == [ACCEPT_ALL]
    assert occurring(client) == await meant(post, booking)
    await post.do(move_one(4, "14:00", Actor.GUEST), booking)
    assert opened(client, post.to_guest()[1:]) == [ACCEPT]
    assert occurring(client) == await meant(post, booking)


async def test_a_series_moves_as_a_whole(client: GuestsThunderbird) -> None:
    later = at("2026-03-10 14:00")
    post, booking = await course(move_one(2, "16:00", Actor.GUEST), move(later, Actor.GUEST))
    assert opened(client, post.to_guest()) == [ACCEPT_ALL, ACCEPT, ACCEPT_ALL]
    assert occurring(client) == await meant(post, booking)


async def test_a_meeting_that_another_host_takes_over_is_updated_and_stays_one(
    client: GuestsThunderbird,
) -> None:
    """S4.38, C37: the organizer is the team throughout, so that the program takes each mail for the same meeting's."""
    post = await Correspondence.begun()
    await teams.move_in(post.ports)
    booking = await post.book(TEN, home="sales")
    await post.do(hand(teams.BOB), booking)
    await post.do(hand(teams.CARL, notify=False), booking)
    await post.do(call_off(), booking)
    invitation, update, bare, end = post.to_guest()
    assert opened(client, [invitation, update]) == [ACCEPT, ACCEPT]
    assert [one["title"] for one in client.meetings().values()] == ["Demo – Bob Example"]
    assert opened(client, [bare]) == [ACCEPT]
    assert standing(client) == [(TEN.timestamp(), 2, "CONFIRMED", "ACCEPTED")]
    assert [one["title"] for one in client.meetings().values()] == ["Demo – Carl Example"]
    assert opened(client, [end]) == [DELETE]
    assert client.meetings() == {}
