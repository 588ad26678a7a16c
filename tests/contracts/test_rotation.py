"""What every ledger promises of turns: taken with the claim, given back with it, and lost in no other way."""

import asyncio
from dataclasses import replace

import pytest

from server.domain import hosts
from server.domain.booking import Action, Booking
from server.domain.hosts import Candidate, Cursor, Wheel
from server.domain.identity import Home
from server.domain.invites import InviteUse
from server.ports import Intent, Ledger, Overtaken, Taken, Turn, TurnMoved, UsedUp
from tests.builders import booking, claim, event_type, intent, invite
from tests.contracts.ledger_steps import cancelled

KIND = event_type()
OTHER = event_type("other", number=9)
ALICE, BOB = Home("alice"), Home("bob")
SALES = Home("sales")


def at(hour: int, home: Home = ALICE) -> Booking:
    return replace(booking(f"{hour:02}:00-{hour:02}:30", number=hour), home=home, team=SALES)


def begun(wanted: Booking, action: Action = Action.CREATE) -> Intent:
    made = intent(wanted, action)
    return replace(made, settlement=replace(made.settlement, team=SALES))


def turn(number: int, home: Home = ALICE, *, mileage: int = 0, cost: int = 0) -> Turn:
    return Turn(KIND.id, Cursor(home, number, mileage, cost))


async def take(ledger: Ledger, hour: int, number: int, home: Home = ALICE, *, mileage: int = 0) -> Intent:
    wanted = at(hour, home)
    made = begun(wanted)
    await ledger.begin(made, [claim(wanted)], turn=turn(number, home, mileage=mileage, cost=10))
    return made


async def turns(ledger: Ledger) -> dict[Home, int]:
    return {one.home: one.turn for one in (await ledger.wheel(KIND.id)).cursors}


async def test_at_first_nobody_had_a_turn(ledger: Ledger) -> None:
    assert await ledger.wheel(KIND.id) == Wheel()


async def test_a_turn_is_taken_with_the_claim(ledger: Ledger) -> None:
    """S2.45."""
    await take(ledger, 10, 1)
    assert (await ledger.wheel(KIND.id)).cursors == (Cursor(ALICE, 1, 0, 10),)
    assert await ledger.wheel(OTHER.id) == Wheel()


async def test_a_turn_that_is_not_the_next_one_any_more_is_not_taken_and_nothing_else_is(
    ledger: Ledger,
) -> None:
    await take(ledger, 10, 1)
    with pytest.raises(TurnMoved):
        await take(ledger, 11, 1, BOB)
    with pytest.raises(TurnMoved):
        await take(ledger, 11, 3, BOB)
    assert await turns(ledger) == {ALICE: 1}
    assert ledger.claims(BOB, (0, 2**40)) == []
    assert len(await ledger.intents(2**40)) == 1
    await take(ledger, 11, 2, BOB)
    assert await turns(ledger) == {ALICE: 1, BOB: 2}


async def test_what_is_refused_takes_no_turn(ledger: Ledger) -> None:
    made = await take(ledger, 10, 1)
    await ledger.settle(made)
    other = replace(at(10), id=at(11).id, uid=at(11).uid, number=11)
    with pytest.raises(Taken):
        await ledger.begin(begun(other), [claim(other)], turn=turn(2))
    with pytest.raises(Overtaken):
        await ledger.begin(begun(at(10)), [], turn=turn(2))
    used_up = InviteUse(invite().id, 0)
    with pytest.raises(UsedUp):
        await ledger.begin(begun(at(12)), [claim(at(12))], used_up, turn(2))
    assert await turns(ledger) == {ALICE: 1}


async def test_a_turn_that_came_to_nothing_is_given_back(ledger: Ledger) -> None:
    first = await take(ledger, 10, 1)
    await ledger.settle(first)
    second = await take(ledger, 11, 2)
    await ledger.release(second)
    assert (await ledger.wheel(KIND.id)).cursors == (Cursor(ALICE, 1, 0, 10),)
    await take(ledger, 12, 2, BOB)


async def test_giving_a_turn_back_leaves_later_turns_alone(ledger: Ledger) -> None:
    first = await take(ledger, 10, 1, mileage=10)
    await take(ledger, 11, 2, BOB, mileage=10)
    third = await take(ledger, 12, 3, mileage=20)
    await ledger.release(first)
    assert (await ledger.wheel(KIND.id)).cursors == (Cursor(ALICE, 3, 10, 10), Cursor(BOB, 2, 10, 10))
    await ledger.release(third)
    assert await turns(ledger) == {BOB: 2}


async def test_a_later_turn_that_is_settled_does_not_hold_one_before_it_that_comes_to_nothing(
    ledger: Ledger,
) -> None:
    first = await take(ledger, 10, 1)
    second = await take(ledger, 11, 2)
    third = await take(ledger, 12, 3)
    await ledger.settle(second)
    await ledger.release(third)
    assert await turns(ledger) == {ALICE: 2}
    await ledger.release(first)
    assert await turns(ledger) == {ALICE: 2}


async def test_a_turn_stays_taken_when_its_booking_is_cancelled_or_changed(ledger: Ledger) -> None:
    await ledger.settle(await take(ledger, 10, 1))
    after = cancelled(at(10))
    ended = begun(after, Action.CANCEL)
    await ledger.begin(ended, [])
    await ledger.settle(ended)
    assert await turns(ledger) == {ALICE: 1}


async def test_turns_of_an_event_type_that_is_gone_are_forgotten(ledger: Ledger) -> None:
    await ledger.settle(await take(ledger, 10, 1))
    await ledger.forget_turns(OTHER.id)
    assert await turns(ledger) == {ALICE: 1}
    await ledger.forget_turns(KIND.id)
    assert await turns(ledger) == {}


async def test_however_many_come_at_once_no_turn_is_lost_or_taken_twice(ledger: Ledger) -> None:
    people = [Candidate(home=Home(f"h{number}"), number=number) for number in range(1, 5)]

    async def book(hour: int) -> None:
        while True:
            wheel = await ledger.wheel(KIND.id)
            chosen = hosts.ranked(hosts.Rotation.LEAST_RECENT, people, wheel)[0]
            wanted = replace(at(hour % 24, chosen.home), id=at(hour).id, uid=at(hour).uid, number=hour)
            try:
                await ledger.begin(begun(wanted), [], turn=Turn(KIND.id, hosts.after(wheel, chosen)))
            except TurnMoved:
                continue
            await ledger.settle(begun(wanted))
            return

    await asyncio.gather(*(book(hour) for hour in range(1, 24)))
    assert sorted((await turns(ledger)).values()) == [20, 21, 22, 23]
