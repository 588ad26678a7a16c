"""What every way in and out of calendars promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars, RadicaleTransfers
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.transfers import MemoryTransfers
from server.domain.errors import NotFound
from server.domain.identity import CalendarPath, Home, Uid
from server.ports import CalendarChange, Calendars, HandedOut, Outcome, TakenIn, Transfers
from tests.builders import BERLIN, calendar
from tests.radicale_plugin.asking import meeting

Both = tuple[Transfers, Calendars]


@pytest.fixture(params=["memory", "radicale"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    """Return the way in and out, and the calendars that it leads to, with alice's home."""
    if request.param == "memory":
        memory = MemoryCalendars()
        await memory.create_home(Home("alice"))
        yield MemoryTransfers(memory), memory
        return
    wsgi = radicale_plugin.make(tmp_path, lambda _: BERLIN, lambda _: [], lambda _: True)
    calendars, transfers = RadicaleCalendars(wsgi.storage), RadicaleTransfers(wsgi)
    await calendars.create_home(Home("alice"))
    yield transfers, calendars
    transfers.close()
    calendars.close()


async def put(both: Both, uid: str, text: str | None = None) -> TakenIn:
    return await both[0].take_in(calendar(), Uid(uid), text or meeting(uid))


async def test_an_object_is_added_then_unchanged_then_changed(both: Both) -> None:
    changed = meeting("one").replace("SUMMARY:", "SUMMARY:Not ")
    outcomes = [(await put(both, "one", text)).outcome for text in (None, None, changed, changed)]
    assert outcomes == [Outcome.ADDED, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.UNCHANGED]
    assert [one.text for one in await both[1].all(calendar())] == [changed]


async def test_an_object_that_stands_under_another_name_is_replaced_there(both: Both) -> None:
    await put(both, "one")
    (stored,) = await both[1].all(calendar())
    await put(both, "one", meeting("one").replace("SUMMARY:", "SUMMARY:Not "))
    (replaced,) = await both[1].all(calendar())
    assert (replaced.href, replaced.etag == stored.etag) == (stored.href, False)


@pytest.mark.parametrize("uid", ["../../escape", ".hidden", "a/b", "über", "x" * 500, "a b;c", "con~"])
async def test_a_uid_may_be_anything(both: Both, uid: str) -> None:
    assert [(await put(both, uid)).outcome for _ in range(2)] == [Outcome.ADDED, Outcome.UNCHANGED]
    assert both[1].find(Home("alice"), Uid(uid)) is not None


@pytest.mark.parametrize(
    ("more", "said"), [("RRULE:FREQ=SECONDLY", "secondly"), ("SUMMARY:\x01", "control character")]
)
async def test_what_a_client_may_not_store_is_refused_with_the_reason(
    both: Both, more: str, said: str
) -> None:
    taken = await put(both, "one", meeting("one").replace("END:VEVENT", f"{more}\r\nEND:VEVENT"))
    assert taken.outcome is Outcome.REFUSED
    assert said in taken.reason
    assert list(await both[1].all(calendar())) == []


async def test_listeners_are_told_as_of_a_clients_writing(both: Both) -> None:
    heard: list[CalendarChange] = []
    both[1].subscribe(heard.append)
    await put(both, "one")
    assert [(change.uid, change.user, change.intent) for change in heard] == [("one", "alice", None)]


async def test_all_objects_are_handed_out_by_uid_in_pieces(both: Both) -> None:
    for uid in ("two", "three", "one"):
        await put(both, uid)
    found = [await both[0].hand_out(calendar(), None, 1)]
    while found[-1].after is not None:
        found.append(await both[0].hand_out(calendar(), found[-1].after, 1))
    assert [one.texts for one in found] == [(meeting("one"),), (meeting("three"),), (meeting("two"),)]
    assert {one.total for one in found} == {3}


async def test_as_much_is_handed_out_as_was_asked_for(both: Both) -> None:
    for uid in ("one", "two"):
        await put(both, uid)
    found = await both[0].hand_out(calendar(), None, 10**6)
    assert found == HandedOut((meeting("one"), meeting("two")), None, 2)


async def test_an_empty_calendar_hands_out_nothing(both: Both) -> None:
    assert await both[0].hand_out(calendar(), None, 10**6) == HandedOut((), None, 0)


async def test_a_calendar_that_is_not_there_is_not_found(both: Both) -> None:
    with pytest.raises(NotFound):
        await both[0].take_in(CalendarPath("alice/nowhere"), Uid("one"), meeting("one"))
    with pytest.raises(NotFound):
        await both[0].hand_out(CalendarPath("alice/nowhere"), None, 1)
