"""Lives in which every kind of mail is sent, step by step."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain.booking import Actor
from server.domain.companions import Companion
from server.domain.event_type import EventType
from server.domain.identity import BookingId, Home
from server.domain.reminders import parse
from server.domain.series import Frequency, Recurrence, originals
from server.ports import Ports
from server.usecases.booking import (
    cancel,
    companions,
    confirm,
    decline,
    expire,
    keep,
    reassign,
    reschedule,
    seats,
    verify,
)
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.look import OWNER, Looked
from server.usecases.booking.move_occurrence import move_occurrence
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from server.usecases.room.again import ATTEMPTS_MAX, ask_again
from tests.builders import BERLIN, at
from tests.correspondence import HUSH, Correspondence, Deed
from tests.usecases.booking import teams

REASON = "My train is late."


async def live(post: Correspondence) -> AsyncIterator[str]:
    """Do one thing after the other and post what comes of it; yield after each what it was."""
    for life in (
        _asking,
        _expiring,
        _proving,
        _together,
        _unannounced,
        _rooms,
        _invited,
        _handed,
        _repeated,
        _reminded,
        _seated,
    ):
        async for step in life(post):
            yield f"{life.__name__}: {step}"


async def _asking(post: Correspondence) -> AsyncIterator[str]:
    booking = await post.book(at("2026-03-05 10:00"), "asked")
    yield "requested"
    await post.do(_answer(decline.decline), booking)
    yield "declined"
    booking = await post.book(at("2026-03-05 10:00"), "asked")
    yield "requested again"
    await post.do(lambda ports, looked, now: confirm.confirm(ports, looked, Actor.HOST, now), booking)
    yield "approved"
    await post.do(_move("2026-03-05 11:00", Actor.GUEST), booking)
    yield "another time requested"
    await post.do(_answer(keep.keep), booking)
    yield "kept"
    await post.do(_move("2026-03-05 12:00", Actor.GUEST), booking)
    yield "yet another time requested"
    await post.do(lambda ports, looked, now: confirm.confirm(ports, looked, Actor.HOST, now), booking)
    yield "approved"


async def _expiring(post: Correspondence) -> AsyncIterator[str]:
    booking = await post.book(at("2026-03-06 10:00"), "asked")
    yield "requested"
    post.clock.move_to(post.now + timedelta(hours=25))
    await post.do(lambda ports, _, now: expire.expire_due(ports, now), booking)
    yield "expired"


async def _proving(post: Correspondence) -> AsyncIterator[str]:
    await _change(post, "intro", confirm_address=True)
    booking = await post.book(at("2026-03-06 14:00"))
    yield "to be proven"
    await post.do(lambda ports, looked, now: verify.verify(ports, looked, now), booking)
    await _change(post, "intro", confirm_address=False)
    yield "proven"


async def _together(post: Correspondence) -> AsyncIterator[str]:
    friend = Companion("fay@example.net", "Fay Friend")
    booking = await post.book(at("2026-03-09 10:00"), guests=(friend,), notes="With plans.")
    yield "booked for two"
    another = Companion("cy@example.net", "Cy")
    await post.do(
        lambda ports, looked, now: companions.bring(ports, looked, another, Actor.GUEST, now), booking
    )
    yield "joined"
    await post.do(_take_off(OWNER + 1), booking)
    yield "left"
    await post.do(_move("2026-03-09 14:00", Actor.HOST), booking)
    yield "moved"
    await post.do(_answer(cancel.cancel), booking)
    yield "cancelled"


async def _unannounced(post: Correspondence) -> AsyncIterator[str]:
    booking = await post.book(at("2026-03-11 10:00"))
    yield "booked"
    when = at("2026-03-11 14:00")
    await post.do(
        lambda ports, looked, now: reschedule.reschedule(
            ports, looked, when, Actor.HOST, now, reason=REASON, notify=False
        ),
        booking,
    )
    yield "moved without a notice"
    await post.do(
        lambda ports, looked, now: cancel.cancel(ports, looked, REASON, Actor.HOST, now, notify=False),
        booking,
    )
    yield "cancelled without a notice"


async def _rooms(post: Correspondence) -> AsyncIterator[str]:
    post.rooms.error = "timeout"
    first = await post.book(at("2026-03-10 10:00"), "call")
    yield "booked without its room"
    post.rooms.error = ""
    await post.do(_ask_for_rooms, first, 5)
    yield "its room opened"
    post.rooms.error = "timeout"
    second = await post.book(at("2026-03-10 11:00"), "call")
    yield "another booked without"
    for _ in range(ATTEMPTS_MAX):
        await post.do(_ask_for_rooms, second, 61)
    yield "no room at all"


async def _invited(post: Correspondence) -> AsyncIterator[str]:
    wanted = [Wanted(name="Ivy Invited", email="ivy@example.net", message="Come and see.")]
    made = await invite(post.ports, (HUSH.home, HUSH.slug), wanted, Terms(), post.now)
    await change.send(post.ports, made, post.now)
    await post.post()
    yield "invited"


async def _handed(post: Correspondence) -> AsyncIterator[str]:
    await teams.move_in(post.ports)
    booking = await post.book(at("2026-03-13 10:00"), home="sales")
    yield "booked with a team"
    await post.do(_hand(teams.BOB), booking)
    yield "taken over"
    await post.do(_hand(teams.CARL, notify=False), booking)
    yield "taken over without a notice"


async def _repeated(post: Correspondence) -> AsyncIterator[str]:
    rule = Recurrence(frequency=Frequency.WEEKLY, count=6)
    booking = await post.book(at("2026-03-13 10:00"), "course", recurring=rule)
    yield "a series booked"
    starts = originals(rule, at("2026-03-13 10:00"), BERLIN)
    await post.do(
        lambda ports, looked, now: move_occurrence(
            ports, looked, starts[1], at("2026-03-20 14:00"), Actor.GUEST, now
        ),
        booking,
    )
    yield "one meeting moved"
    await post.do(
        lambda ports, looked, now: cancel_occurrence(ports, looked, starts[2], REASON, Actor.HOST, now),
        booking,
    )
    yield "one meeting cancelled"
    await post.do(
        lambda ports, looked, now: cancel_occurrence(
            ports, looked, starts[3], REASON, Actor.HOST, now, notify=False
        ),
        booking,
    )
    yield "another one without a notice"
    await post.do(
        lambda ports, looked, now: cancel_future(
            ports, looked, at("2026-04-17 00:00").date(), REASON, Actor.GUEST, now
        ),
        booking,
    )
    yield "the rest cancelled"


async def _seated(post: Correspondence) -> AsyncIterator[str]:
    start = at("2026-03-16 10:00")

    async def come(name: str, **facts: object) -> BookingId:
        address = f"{name.lower()}@example.net"
        return await post.book(start, "class", name=name, email=address, waits=True, **facts)

    booking = await come("Ann", notes="By bike.")
    await come("Ben")
    yield "booked by two"
    await come("Cem")
    await come("Dan")
    yield "two more wait"
    await post.do(_take_off(1), booking)
    yield "one left"
    await post.do(lambda ports, looked, now: seats.take(ports, replace(looked, person=3), now), booking)
    yield "the next took the seat"
    await post.do(_as_person(2, cancel.cancel), booking)
    yield "another left"
    await post.do(lambda ports, _, now: seats.turn_all(ports, now), booking, 61)
    yield "the seat was not taken"
    await come("Eve", confirm_address=True)
    yield "a seat is held until an address is proven"
    await post.do(
        lambda ports, looked, now: seats.take(ports, replace(looked, person=5), now, is_proven=True), booking
    )
    await come("Fay")
    yield "proven, and one more waits"
    await post.do(_move("2026-03-16 14:00", Actor.HOST), booking)
    yield "moved"
    await post.do(_answer(cancel.cancel), booking)
    yield "cancelled"


async def _reminded(post: Correspondence) -> AsyncIterator[str]:
    await _change(post, "intro", reminders=(parse("1h guest,host"),))
    await post.book(at("2026-03-12 10:00"))
    yield "booked"
    post.clock.move_to(at("2026-03-12 09:00"))
    await post.post()
    yield "reminded"


async def _change(post: Correspondence, slug: str, **terms: object) -> None:
    kind = post.ports.homes.event_type("alice", slug)
    assert isinstance(kind, EventType)
    await post.ports.homes.save_event_type(replace(kind, **terms))  # type: ignore[arg-type]


def _hand(to: Home, *, notify: bool = True) -> Deed:
    return lambda ports, looked, now: reassign.reassign(
        ports, looked, Actor.HOST, now, to=to, reason=REASON, notify=notify
    )


def _move(wall: str, actor: Actor) -> Deed:
    return lambda ports, looked, now: reschedule.reschedule(
        ports, looked, at(wall), actor, now, reason=REASON
    )


def _take_off(person: int) -> Deed:
    return lambda ports, looked, now: companions.take_off(ports, looked, person, Actor.GUEST, now)


def _answer(verb: object) -> Deed:
    return lambda ports, looked, now: verb(ports, looked, REASON, Actor.HOST, now)  # type: ignore[operator]


def _as_person(person: int, verb: object) -> Deed:
    return lambda ports, looked, now: verb(ports, replace(looked, person=person), "", Actor.GUEST, now)  # type: ignore[operator]


async def _ask_for_rooms(ports: Ports, _looked: Looked, now: datetime) -> None:
    await ask_again(ports, now)
