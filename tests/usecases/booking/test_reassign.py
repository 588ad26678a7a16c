"""A meeting with a team goes from one of its hosts to another: the same meeting, in another calendar."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Action, Actor, Booking, Status
from server.domain.errors import AlreadyCancelled, Conflict, HostUnavailable, Invalid, LinkReplaced
from server.domain.identity import HISTORY, SANDBOX, Home, Href
from server.domain.series import Frequency, Recurrence, Series
from server.ical import vevent
from server.ical.scan import scan
from server.ports import HOST_RECIPIENT, MailKind, Ports, co_host_recipient
from server.usecases.booking import (
    accept,
    cancel,
    confirm,
    copies,
    follow,
    links,
    listing,
    look,
    reassign,
    reschedule,
    revisions,
)
from tests.builders import DAY, NOW, at, calendar, span
from tests.usecases.booking import teams
from tests.usecases.booking.foreign import client_puts, write
from tests.usecases.booking.teams import ALICE, ALL_DAY, BOB, CARL, DORA, KIND, agree, book, meeting, standing

TWO = at(f"{DAY} 14:00")
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales of alice, bob and carl."""
    await teams.move_in(ports)
    return ports


async def hand(ports: Ports, made: Booking, to: Home | None = None, **terms: object) -> Booking:
    """Hand the meeting over as it is now."""
    looked = await look.by_id(ports, made.id)
    return await reassign.reassign(ports, looked, Actor.HOST, NOW, to=to, **terms)  # type: ignore[arg-type]


async def mails(ports: Ports, made: Booking, revision: int) -> set[tuple[MailKind, int]]:
    found = await ports.ledger.mails(booking=made.id)
    return {(mail.kind, mail.recipient) for mail in found if mail.revision == revision}


async def test_it_leaves_one_calendar_and_stands_in_the_other(ports: Ports) -> None:
    """S4.38: the same id, UID and time; the claim, the ledger and the history follow."""
    made = meeting()
    await book(ports, made)
    after = await hand(ports, made, BOB)
    assert (after.home, after.calendar) == (BOB, calendar("bob"))
    assert (after.id, after.uid, after.span) == (made.id, made.uid, made.span)
    assert await agree(ports, made) == after
    (kept,) = await ports.calendars.all(calendar(name=HISTORY))
    assert vevent.read(kept.text, kept.calendar) == replace(made, calendar=kept.calendar)
    assert await ports.calendars.all(calendar("bob", HISTORY)) == []
    assert [(one.action, one.home) for one in await ports.ledger.trail(made.id)] == [
        (Action.CREATE, ALICE),
        (Action.REASSIGN, BOB),
    ]


async def test_people_are_invited_in_the_name_of_the_team_before_and_after(ports: Ports) -> None:
    """C37: neither another host nor a new address of the team changes the organizer of a UID."""
    made = meeting()
    await book(ports, made)
    sales = ports.homes.team("sales")
    assert sales is not None
    await ports.homes.save_team(replace(sales, name="Marketing", email="new@example.org"))
    after = await hand(ports, made, BOB)
    assert after.organizer == made.organizer


async def test_the_host_organizes_it_in_their_own_calendar(ports: Ports) -> None:
    """C37: a client lets its owner move only what they organize themselves."""
    made = meeting(co_hosts=(CARL,))
    await book(ports, made)
    await hand(ports, made, BOB)
    for home in (BOB, CARL):
        stored = await standing(ports, made, home)
        assert stored is not None
        (shown,) = scan(stored.text).children("VEVENT")
        assert [item.value for item in shown.all("ORGANIZER")] == ["mailto:bob@example.org"]
        attendees = [item.value for item in shown.all("ATTENDEE")]
        assert attendees == ["mailto:carl@example.org", "mailto:gus@example.net"]


async def test_what_the_former_host_noted_is_not_passed_on(ports: Ports) -> None:
    made = meeting()
    looked = await book(ports, made)
    noted = looked.stored.text.replace("SUMMARY:", "SUMMARY:The difficult one: ")
    await write(ports, looked.stored.calendar, looked.stored.href, noted)
    await accept.heed_all(ports, NOW)
    await hand(ports, made, BOB)
    stored = await standing(ports, made, BOB)
    assert stored is not None
    assert "difficult" not in stored.text


async def test_everybody_hears_of_it_in_a_mail_of_their_own(ports: Ports) -> None:
    """S4.38: an update for the guest, no cancellation and no new booking; both hosts are informed."""
    made = meeting(co_hosts=(CARL,))
    await book(ports, made)
    await hand(ports, made, BOB)
    assert await mails(ports, made, 1) == {
        (MailKind.REASSIGNED, 1),
        (MailKind.ASSIGNED, HOST_RECIPIENT),
        (MailKind.UNASSIGNED, HOST_RECIPIENT),
        (MailKind.REASSIGNED, co_host_recipient(0)),
    }


async def test_without_a_notice_guests_get_what_their_calendar_needs_and_hosts_the_same(ports: Ports) -> None:
    """C9."""
    made = meeting()
    await book(ports, made)
    await hand(ports, made, BOB, notify=False)
    assert await mails(ports, made, 1) == {
        (MailKind.REASSIGNED_BARE, 1),
        (MailKind.ASSIGNED, HOST_RECIPIENT),
        (MailKind.UNASSIGNED, HOST_RECIPIENT),
    }
    assert (await ports.ledger.trail(made.id))[-1].unannounced


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_request_is_handed_over_as_one_and_its_guest_hears_with_the_answer(
    ports: Ports, hidden: bool
) -> None:
    made = teams.pending(meeting(), hidden=hidden)
    await book(ports, made)
    after = await hand(ports, made, BOB)
    assert (after.status, after.is_hidden) == (Status.PENDING, hidden)
    await agree(ports, made)
    assert await mails(ports, made, 1) == {
        (MailKind.ASSIGNED, HOST_RECIPIENT),
        (MailKind.UNASSIGNED, HOST_RECIPIENT),
    }
    await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, NOW)
    assert (await agree(ports, made)).calendar == calendar("bob")


async def test_the_former_hosts_links_to_answer_die_and_the_guests_live(ports: Ports) -> None:
    made = teams.pending(meeting())
    looked = await book(ports, made)
    answer = links.answer_token(ports, looked.booking, looked.record)
    manage = links.manage_token(ports, looked.booking, looked.record, 1)
    await hand(ports, made, BOB)
    with pytest.raises(LinkReplaced):
        await look.by_host_token(ports, answer)
    seen = await look.by_token(ports, manage)
    assert (await look.by_host_token(ports, links.answer_token(ports, seen.booking, seen.record))).host == (
        ports.homes.host(BOB)
    )
    await confirm.confirm(ports, seen, Actor.HOST, NOW)
    with pytest.raises(LinkReplaced):
        await look.by_host_token(ports, answer)


async def test_who_is_named_may_be_asked_outside_their_hours(ports: Ports) -> None:
    made = meeting("09:00-09:30")
    await book(ports, made)
    assert (await hand(ports, made, BOB)).home == BOB
    await agree(ports, made)


async def test_who_is_named_must_not_be_busy(ports: Ports) -> None:
    """S4.38: not by a meeting of ours, and not by any other in their calendars."""
    made = meeting()
    await book(ports, made)
    await client_puts(ports, calendar("bob"), "dentist", span("10:15-10:45"))
    await book(ports, meeting("10:00-10:30", home=CARL, number=2))
    for busy in (BOB, CARL):
        with pytest.raises(HostUnavailable):
            await hand(ports, made, busy)
    assert (await look.by_id(ports, made.id)).booking.home == ALICE


async def test_a_client_of_the_new_host_who_is_faster_refuses_it(ports: Ports) -> None:
    """S1.48: the calendars are asked again under the lock."""
    made = meeting()
    looked = await book(ports, made)

    class Meanwhile:
        """Calendars in which a client writes just before a swap."""

        def __getattr__(self, name: str) -> object:
            return getattr(ports.calendars, name)

        async def swap(self, *given: object) -> None:
            await client_puts(ports, calendar("bob"), "dentist", span("10:15-10:45"))
            await ports.calendars.swap(*given)  # type: ignore[arg-type]

    quick = replace(ports, calendars=Meanwhile())  # type: ignore[arg-type]
    with pytest.raises(HostUnavailable):
        await reassign.reassign(quick, looked, Actor.HOST, NOW, to=BOB)
    assert (await reassign.reassign(quick, looked, Actor.HOST, NOW)).home == CARL
    await agree_but_for_bob(ports, made)


async def agree_but_for_bob(ports: Ports, made: Booking) -> None:
    assert list(ports.ledger.claims(BOB, ALL_DAY)) == []
    assert (await look.by_id(ports, made.id)).booking.home == CARL
    assert await ports.ledger.intents(2**40) == []


async def test_only_another_host_of_the_team_can_be_named(ports: Ports) -> None:
    made = meeting(co_hosts=(CARL,))
    await book(ports, made)
    for nobody in (DORA, CARL, Home("nobody")):
        with pytest.raises(Invalid) as refused:
            await hand(ports, made, nobody)
        assert refused.value.fields["to"] == "must be another host of the team: bob"


async def test_to_hand_it_to_who_has_it_changes_nothing(ports: Ports) -> None:
    made = meeting()
    await book(ports, made)
    assert (await hand(ports, made, ALICE)).revision == 0


async def test_what_has_ended_or_is_over_or_is_of_no_team_stays_where_it_is(ports: Ports) -> None:
    made = meeting()
    looked = await book(ports, made)
    with pytest.raises(Conflict, match="over"):
        await reassign.reassign(ports, looked, Actor.HOST, made.end, to=BOB)
    await cancel.cancel(ports, looked, "", Actor.HOST, NOW)
    with pytest.raises(AlreadyCancelled):
        await hand(ports, made, BOB)
    other = replace(meeting("11:00-11:30", number=2), team=None)
    await book(ports, other)
    with pytest.raises(Conflict, match="team"):
        await hand(ports, other, BOB)


async def test_what_a_test_key_booked_is_handed_to_nobody(ports: Ports) -> None:
    """C38"""
    await ports.calendars.create_sandbox(ALICE)
    made = replace(meeting(), calendar=calendar("alice", SANDBOX))
    await book(ports, made)
    with pytest.raises(Conflict, match="test key"):
        await hand(ports, made, BOB)


async def test_a_move_keeps_the_host_who_was_assigned(ports: Ports) -> None:
    """S1.46: the rotation is not run again."""
    made = meeting()
    await book(ports, made)
    await hand(ports, made, CARL)
    before = await ports.ledger.wheel(KIND.id)
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, TWO, Actor.GUEST, NOW)
    assert (moved.home, moved.start) == (CARL, TWO)
    await agree(ports, made)
    assert await ports.ledger.wheel(KIND.id) == before


async def test_lists_show_it_with_who_has_it_and_the_former_host_sees_it_no_more(ports: Ports) -> None:
    """S2.56."""
    made = meeting()
    await book(ports, made)
    await hand(ports, made, BOB)
    for home, found in ((ALICE, []), (BOB, [made.id]), (None, [made.id])):
        wanted = listing.Wanted(home=home, view="all")
        assert [one.id for one in await listing.bookings(ports, wanted, NOW)] == found


async def test_each_revision_is_found_with_whose_it_was(ports: Ports) -> None:
    made = meeting()
    await book(ports, made)
    for _ in range(3):
        await hand(ports, made)
    record = (await look.by_id(ports, made.id)).record
    found = [await revisions.at(ports, record, revision) for revision in range(4)]
    assert [one and (one.home, one.revision) for one in found] == [
        (ALICE, 0),
        (BOB, 1),
        (ALICE, 2),
        (CARL, 3),
    ]


async def test_the_new_hosts_calendar_is_followed_and_the_former_ones_no_more(ports: Ports) -> None:
    """S1.45: the claim moves with what the host drags; what a former host's program puts back goes again."""
    made = meeting()
    looked = await book(ports, made)
    await hand(ports, made, BOB)
    stored = await standing(ports, made, BOB)
    assert stored is not None
    text = stored.text.replace("T100000", "T110000").replace("T103000", "T113000")
    await write(ports, stored.calendar, stored.href, text)
    record = (await look.by_id(ports, made.id)).record
    assert await follow.reconcile(ports, record, NOW)
    present = await agree(ports, made)
    assert present.start == at(f"{DAY} 11:00")
    await write(ports, looked.stored.calendar, looked.stored.href, looked.stored.text)
    await accept.heed_all(ports, NOW)
    assert (await look.by_id(ports, made.id)).booking == present
    await agree(ports, made)


async def test_the_copies_of_others_are_put_back_by_the_new_hosts_calendar(ports: Ports) -> None:
    """C22."""
    made = meeting(co_hosts=(CARL,))
    await book(ports, made)
    await hand(ports, made, BOB)
    copy = await standing(ports, made, CARL)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, copy.text.replace("T100000", "T160000"))
    assert await copies.mend(ports, (await look.by_id(ports, made.id)).record)
    await agree(ports, made)


async def test_all_that_is_to_come_of_a_series_goes_with_it(ports: Ports) -> None:
    """A series has one host: whoever takes it over is free for every meeting of it."""
    weekly = Recurrence(frequency=Frequency.WEEKLY, count=3)
    made = replace(meeting(), series=Series(recurrence=weekly))
    await book(ports, made)
    third = [one.span for one in made.meetings][2]
    remove = await client_puts(ports, calendar("bob"), "holiday", third)
    with pytest.raises(HostUnavailable):
        await hand(ports, made, BOB)
    await remove()
    after = await hand(ports, made, BOB)
    assert (after.series, after.home) == (made.series, BOB)
    claims = {home: ports.ledger.claims(home, teams.ALWAYS) for home in (ALICE, BOB)}
    assert [claim.span for claim in claims[BOB]] == [one.span for one in made.meetings]
    assert list(claims[ALICE]) == []


@pytest.mark.parametrize("name", ["kept", meeting().uid])
async def test_a_copy_that_the_new_host_kept_gives_way(ports: Ports, name: str) -> None:
    """Whoever was told of a meeting may have taken its invitation in; there is one object of a UID with each host."""
    made = meeting()
    looked = await book(ports, made)
    await write(ports, calendar("bob"), Href(f"{name}.ics"), looked.stored.text)
    await hand(ports, made, BOB)
    await agree(ports, made)
    (stored,) = await ports.calendars.all(calendar("bob"))
    assert stored.href == f"{made.uid}.ics"
