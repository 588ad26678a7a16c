"""Daybook's mails in a guest's Thunderbird, in any order: the guest opens each and presses what the program offers."""

from collections.abc import Iterator
from itertools import permutations

import pytest

from server.domain.booking import Actor
from server.domain.companions import Companion
from server.domain.event_type import Location, LocationType
from server.usecases.booking import cancel, companions, confirm, keep, reschedule
from server.usecases.room.again import ask_again
from tests.builders import DAY, at
from tests.correspondence import GUEST, LINK, Correspondence, Deed
from tests.interop import debian, thunderbird
from tests.interop.thunderbird import GuestsThunderbird

pytestmark = [pytest.mark.interop, pytest.mark.slow]

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
