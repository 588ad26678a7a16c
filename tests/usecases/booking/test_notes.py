"""Notes on a booking: VJOURNALs that stand with what it was."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import Actor
from server.domain.errors import AlreadyCancelled, Conflict, Invalid
from server.domain.identity import HISTORY
from server.domain.notes import PER_BOOKING_MAX, Note
from server.ical import notes as journals
from server.ports import Ports
from server.usecases.booking import cancel, create, look, notes
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from tests.builders import NOW, booking, calendar
from tests.usecases.booking.foreign import write

Wish = Callable[..., NewBooking]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@pytest.fixture
async def made(ports: Ports, wish: Wish) -> Looked:
    """Return a booking."""
    return await again(
        ports, await look.by_id(ports, (await create.create(ports, wish("10:00"), Actor.GUEST, NOW)).id)
    )


async def again(ports: Ports, looked: Looked) -> Looked:
    return await look.by_id(ports, looked.record.id)


async def say(ports: Ports, looked: Looked, *contents: str, is_private: bool = True) -> Sequence[Note]:
    for content in contents:
        looked = await again(ports, looked)
        await notes.add(ports, looked, content, Actor.HOST, NOW, is_private=is_private)
    return await notes.listed(ports, await again(ports, looked), with_private=True)


async def test_notes_are_read_again_oldest_first_also_when_the_booking_has_ended(
    ports: Ports, made: Looked
) -> None:
    """S3.34, S3.35"""
    await say(ports, made, "First.\r\nAnd more.", "Second.")
    await cancel.cancel(ports, await again(ports, made), "", Actor.HOST, NOW)
    found = await notes.listed(ports, await again(ports, made), with_private=True)
    assert [(note.number, note.content) for note in found] == [(1, "First.\nAnd more."), (2, "Second.")]


async def test_notes_outlive_a_client_that_puts_an_earlier_text_back(ports: Ports, made: Looked) -> None:
    earlier = made.stored
    await say(ports, made, "First.")
    present = (await again(ports, made)).stored
    await write(ports, present.calendar, present.href, earlier.text)
    found = await say(ports, made, "Second.")
    assert [note.content for note in found] == ["First.", "Second."]


async def test_what_is_private_is_for_hosts_alone(ports: Ports, made: Looked) -> None:
    """C42"""
    await say(ports, made, "Pays late.")
    await say(ports, made, "Bring the plans.", is_private=False)
    found = await notes.listed(ports, await again(ports, made), with_private=False)
    assert [note.content for note in found] == ["Bring the plans."]


async def test_a_note_is_a_journal_beside_what_the_booking_was(ports: Ports, made: Looked) -> None:
    """RFC 5545 §3.6.3: RELATED-TO the meeting, and private unless it says otherwise."""
    await say(ports, made, "Pays late.")
    texts = [one.text for one in await ports.calendars.all(calendar("alice", HISTORY))]
    (journal,) = [text for text in texts if "BEGIN:VJOURNAL" in text]
    assert f"RELATED-TO:{made.record.uid}" in journal
    assert "CLASS:PRIVATE" in journal


async def test_a_note_mails_nobody_and_leaves_links_alive(ports: Ports, made: Looked) -> None:
    before = await ports.ledger.mails()
    await say(ports, made, "Pays late.")
    assert await ports.ledger.mails() == before
    assert (await again(ports, made)).record.link_revision == made.record.link_revision


@pytest.mark.parametrize("content", ["", " \n", "x" * 5001, "\x00"])
async def test_what_cannot_be_a_note_is_refused(ports: Ports, made: Looked, content: str) -> None:
    """C29"""
    with pytest.raises(Invalid):
        await notes.add(ports, made, content, Actor.HOST, NOW, is_private=True)


async def test_notes_have_bounds(ports: Ports, made: Looked) -> None:
    looked = made
    for number in range(PER_BOOKING_MAX):
        await notes.add(ports, looked, f"{number}", Actor.HOST, NOW, is_private=True)
        looked = await again(ports, looked)
    with pytest.raises(Conflict):
        await notes.add(ports, looked, "more", Actor.HOST, NOW, is_private=True)


async def test_what_has_ended_gets_no_more_notes(ports: Ports, made: Looked) -> None:
    await cancel.cancel(ports, made, "", Actor.HOST, NOW)
    with pytest.raises(AlreadyCancelled):
        await say(ports, made, "Too late.")


@given(TEXTS, st.booleans(), st.integers(1, 200), st.integers(0, 10**8))
def test_every_note_comes_back_as_it_was_written(
    content: str, is_private: bool, number: int, later: int
) -> None:
    note = Note(number, content, is_private, NOW + timedelta(seconds=later))
    assert journals.read(journals.written(note, booking()), number) == note


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "nonsense"])
def test_what_is_no_note_is_none(text: str) -> None:
    assert journals.read(text, 1) is None
