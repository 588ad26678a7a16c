"""What is mailed when another host takes a meeting over."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from icalendar import Calendar, Event

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor, Booking
from server.domain.reminders import parse
from server.ports import MailKind, MailState
from server.usecases.booking import cancel, confirm, look, reassign, reschedule
from tests.builders import DAY, NOW, at
from tests.usecases.booking import teams
from tests.usecases.booking.teams import ALICE, BOB, CARL, book, meeting
from tests.usecases.delivery.conftest import Post

GUS, HERS, HIS, CARLS = ("gus@example.net", "alice@example.org", "bob@example.org", "carl@example.org")
SALES = "mailto:sales@example.org"


@pytest.fixture
async def post(post: Post) -> Post:
    """Return the post, with the team sales; bob lives in London and speaks German."""
    await teams.move_in(post.ports)
    bob = post.ports.homes.host(BOB)
    assert bob is not None
    await post.ports.homes.save_host(replace(bob, zone="Europe/London", language="de"))
    return post


async def hand(post: Post, made: Booking, to: str = BOB, **terms: object) -> None:
    looked = await look.by_id(post.ports, made.id)
    await reassign.reassign(post.ports, looked, Actor.HOST, NOW, to=to, **terms)  # type: ignore[arg-type]


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def mailed(message: EmailMessage) -> tuple[str, Event]:
    """Return what the calendar object of a mail asks, and its VEVENT."""
    (content,) = {
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    }
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    (vevent,) = calendar.walk("VEVENT")
    assert isinstance(vevent, Event)
    return str(calendar["METHOD"]), vevent


def people(vevent: Event, told: str = "ROLE") -> list[tuple[str, str]]:
    found = vevent["ATTENDEE"]
    people = found if isinstance(found, list) else [found]
    return [(str(one).removeprefix("mailto:"), str(one.params[told])) for one in people]


async def test_the_guest_gets_an_update_of_the_same_invitation(post: Post) -> None:
    """S4.38, C37: REQUEST, the same UID and organizer, SEQUENCE +1, another chair; nobody is asked again."""
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made, reason="Alice is ill.")
    await post.round()
    _, update = post.to(GUS)
    method, vevent = mailed(update)
    assert (method, str(vevent["UID"]), int(str(vevent["SEQUENCE"]))) == ("REQUEST", str(made.uid), 1)
    assert str(vevent["ORGANIZER"]) == SALES
    assert people(vevent) == [(HIS, "CHAIR"), (GUS, "REQ-PARTICIPANT")]
    assert people(vevent, "PARTSTAT") == [(HIS, "ACCEPTED"), (GUS, "ACCEPTED")]
    assert "Bob Example takes over from Alice Example" in words(update)
    assert "Alice is ill." in words(update)
    assert "/manage/" in words(update)
    assert update["Reply-To"] == f"Bob Example <{HIS}>"


async def test_both_hosts_are_told_in_their_own_words_and_hours(post: Post) -> None:
    """S4.38."""
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await post.round()
    (his,) = post.to(HIS)
    method, vevent = mailed(his)
    assert (method, str(vevent["ORGANIZER"])) == ("REQUEST", SALES)
    assert people(vevent) == [(HIS, "CHAIR"), (GUS, "REQ-PARTICIPANT")]
    assert "09:00" in words(his)
    _, hers = post.to(HERS)
    method, vevent = mailed(hers)
    assert (method, "STATUS" in vevent, str(vevent["ORGANIZER"])) == ("CANCEL", False, SALES)
    assert people(vevent) == [(HERS, "CHAIR")]
    assert "Bob Example takes over this meeting with Gus Guest" in words(hers)
    assert "10:00" in words(hers)
    assert his["Message-ID"] != hers["Message-ID"]


async def test_the_other_hosts_read_who_holds_it_now(post: Post) -> None:
    made = meeting(co_hosts=(CARL,))
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await post.round()
    _, theirs = post.to(CARLS)
    assert "Bob Example takes over from Alice Example" in words(theirs)
    assert people(mailed(theirs)[1])[0] == (HIS, "CHAIR")


async def test_without_a_notice_the_guests_calendar_alone_is_told(post: Post) -> None:
    """C9."""
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made, reason="Alice is ill.", notify=False)
    await post.round()
    _, bare = post.to(GUS)
    method, vevent = mailed(bare)
    assert (method, people(vevent)[0]) == ("REQUEST", (HIS, "CHAIR"))
    assert "ill" not in words(bare)
    assert len(post.to(HERS)) == 2


async def test_who_takes_a_request_over_is_asked_and_the_guest_hears_with_the_answer(post: Post) -> None:
    made = teams.pending(meeting())
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await post.round()
    (his,) = post.to(HIS)
    assert "/approve/" in words(his)
    assert not [part for part in his.walk() if "ics" in part.get_content_type()]
    assert not [part for part in post.to(HERS)[-1].walk() if "ics" in part.get_content_type()]
    assert len(post.to(GUS)) == 1
    await confirm.confirm(post.ports, await look.by_id(post.ports, made.id), Actor.HOST, NOW)
    await post.round()
    assert people(mailed(post.to(GUS)[-1])[1])[0] == (HIS, "CHAIR")


async def test_only_the_last_who_takes_it_over_is_told_of(post: Post) -> None:
    """Mails that have not left when yet another host takes over tell nothing that holds any more."""
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await hand(post, made, CARL)
    await post.round()
    assert len(post.to(GUS)) == 2
    assert "Carl Example takes over from Bob Example" in words(post.to(GUS)[-1])
    assert len(post.to(CARLS)) == 1
    states = {
        (mail.kind, mail.revision): mail.state for mail in await post.ports.ledger.mails(booking=made.id)
    }
    assert states[MailKind.REASSIGNED, 1] is MailState.SUPERSEDED
    assert states[MailKind.ASSIGNED, 1] is MailState.SUPERSEDED


async def test_who_has_it_back_before_the_mails_leave_is_not_told_that_it_is_gone(post: Post) -> None:
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await hand(post, made, ALICE)
    await post.round()
    _, hers = post.to(HERS)
    assert "You take over this meeting with Gus Guest from Bob Example" in words(hers)


async def test_what_is_told_later_goes_to_the_new_host_under_the_same_organizer(post: Post) -> None:
    """C37, S1.46."""
    made = meeting()
    await book(post.ports, made)
    await post.round()
    await hand(post, made)
    await post.round()
    looked = await look.by_id(post.ports, made.id)
    await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), Actor.GUEST, NOW)
    await post.round()
    method, vevent = mailed(post.to(GUS)[-1])
    assert (method, str(vevent["ORGANIZER"]), int(str(vevent["SEQUENCE"]))) == ("REQUEST", SALES, 2)
    await cancel.cancel(post.ports, await look.by_id(post.ports, made.id), "", Actor.GUEST, NOW)
    await post.round()
    method, vevent = mailed(post.to(GUS)[-1])
    assert (method, str(vevent["ORGANIZER"]), str(vevent["UID"])) == ("CANCEL", SALES, str(made.uid))
    assert len(post.to(HERS)) == 2
    assert len(post.to(HIS)) == 3


async def test_who_takes_a_meeting_over_is_reminded_of_it_and_the_former_host_is_not(post: Post) -> None:
    """S1.61: what leaves before the start follows the host as it follows the start."""
    reminders = (parse("1h guest,host"),)
    await post.ports.homes.save_event_type(
        replace(post.ports.homes.event_type("sales", "intro") or teams.KIND, reminders=reminders)
    )
    made = meeting()
    await book(post.ports, made)
    await hand(post, made)
    await post.round()
    later = replace(post.ports, clock=FixedClock(at(f"{DAY} 09:00")))
    sent = [one.mail for one in await post.round(later) if one.state is MailState.SENT]
    assert [mail.kind for mail in sent] == [MailKind.REMINDER] * 2
    assert "Demo" in str(post.to(HIS)[-1]["Subject"])
    assert [len(post.to(one)) for one in (HIS, HERS)] == [2, 1]
