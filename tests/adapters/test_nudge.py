"""The bell wakes its waiter once, however often it was rung."""

import asyncio

from server.adapters.nudge import Bell


async def test_a_bell_that_is_rung_wakes_its_waiter() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.wait(60))
    await asyncio.sleep(0)
    bell.ring()
    assert await waiting


async def test_a_bell_that_was_rung_before_is_heard_at_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await bell.wait(60)


async def test_ringing_twice_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert [await bell.wait(0.01) for _ in range(2)] == [True, False]


async def test_silence_ends_after_the_time_given() -> None:
    assert not await Bell().wait(0.01)


async def test_rings_within_the_pause_are_one() -> None:
    bell = Bell(pause_s=0.01)
    waiting = asyncio.create_task(bell.wait(60))
    bell.ring()
    await asyncio.sleep(0)
    bell.ring()
    assert await waiting
    assert not await bell.wait(0.01)
