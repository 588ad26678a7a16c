"""Commands of operators: the same handlers for the socket and the shell."""

import json
from typing import TypeVar, get_args

import msgspec
import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.mailer import MemoryMailer
from server.control import bookings, event_types, hosts, mails
from server.control.answers import Done, Refusal, Refused, answer, answer_line, read_answer
from server.control.commands import HANDLERS, Request
from server.control.event_type_view import EventTypeView
from server.control.views import (
    BookingDetails,
    BookingView,
    FeedLinksView,
    HostView,
    HostWithPassword,
    MailView,
)
from server.domain.booking import Actor
from server.domain.event_type import ReschedulePolicy
from server.ports import BookingRecord, MailState, Ports
from server.usecases.booking import create, look, reschedule
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, DAY, NOW, at

T = TypeVar("T")

ALICE = hosts.AddHost(home="alice", email="alice@example.org", zone=BERLIN)
INTRO = event_types.CreateEventType(home="alice", slug="intro", notice_min=0)


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the host alice and her event type `intro`."""
    made = memory_ports(NOW)
    await told(made, ALICE, HostWithPassword)
    await told(made, INTRO, EventTypeView)
    return made


def book(time: str = "10:00", **changes: object) -> bookings.CreateBooking:
    wish = {
        "home": "alice",
        "slug": "intro",
        "date": DAY,
        "time": time,
        "name": "Gus",
        "email": "gus@example.net",
    }
    return msgspec.convert(wish | changes, bookings.CreateBooking)


async def told(ports: Ports, request: Request, kind: type[T]) -> T:
    found = await answer(ports, request)
    assert isinstance(found, Done), found
    return msgspec.convert(found.result, kind)


async def refused(ports: Ports, request: Request) -> Refusal:
    found = await answer(ports, request)
    assert isinstance(found, Refused), found
    return found.refusal


def test_every_request_has_a_handler_and_a_name_of_its_own() -> None:
    kinds = get_args(Request)
    assert set(kinds) == set(HANDLERS)
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)


async def test_a_host_is_added_with_a_generated_password_that_is_told_once(ports: Ports) -> None:
    added = await told(
        ports, hosts.AddHost(home="bob", email="bob@example.org", zone="UTC"), HostWithPassword
    )
    assert added.generated
    assert added.host.page == "https://book.example/u/bob"
    assert await ports.accounts.verify("bob", added.password)
    assert (
        added.password
        not in msgspec.json.encode(await told(ports, hosts.ListHosts(), list[HostView])).decode()
    )


async def test_a_host_is_changed_by_what_is_given_alone(ports: Ports) -> None:
    wish = hosts.SetHost(home="alice", hours="tue 10:00-12:00", overrides=["2026-12-24 closed"], about=" Hi ")
    after = await told(ports, wish, HostView)
    assert (after.hours, after.overrides, after.about) == ("tue 10:00-12:00", ["2026-12-24 closed"], "Hi")
    assert (after.email, after.zone) == ("alice@example.org", BERLIN)


async def test_overrides_are_added_day_by_day_and_taken_back_by_usual(ports: Ports) -> None:
    for text in ("2026-12-24 closed", "2026-12-31 09:00-12:00", "2026-12-24 10:00-11:00", "2026-12-31 usual"):
        await told(ports, hosts.SetHost(home="alice", overrides=[text]), HostView)
    (after,) = await told(ports, hosts.ListHosts(), list[HostView])
    assert after.overrides == ["2026-12-24 10:00-11:00"]


async def test_texts_that_cannot_be_read_are_told_together(ports: Ports) -> None:
    wish = hosts.SetHost(home="alice", hours="someday", overrides=["2026-13-01 closed"])
    found = await refused(ports, wish)
    assert found.code == "validation_error"
    assert set(found.fields) == {"hours", "overrides"}


async def test_secret_feed_addresses_are_replaced_on_demand(ports: Ports) -> None:
    before = await told(ports, hosts.AskFeedLinks("alice"), FeedLinksView)
    assert await told(ports, hosts.AskFeedLinks("alice"), FeedLinksView) == before
    after = await told(ports, hosts.AskFeedLinks("alice", reset=True), FeedLinksView)
    assert (after.bookings, after.freebusy) != (before.bookings, before.freebusy)


async def test_an_event_type_takes_every_field_and_gives_it_back(ports: Ports) -> None:
    wish = event_types.CreateEventType(
        home="alice",
        slug="review",
        title="Review",
        duration_min=60,
        step_min=30,
        buffer_before_min=10,
        buffer_after_min=15,
        notice_min=120,
        horizon_days=14,
        hours="mon-fri 10:00-16:00",
        overrides=["2026-12-24 closed"],
        location="https://meet.example.org/alice",
        blocking="calendar",
        receiving="calendar",
        zone="Asia/Tokyo",
    )
    made = await told(ports, wish, EventTypeView)
    for field in wish.__struct_fields__:
        value = getattr(wish, field)
        if value is not msgspec.UNSET and field not in {"blocking", "acting"}:
            assert getattr(made, field) == value, field
    assert (made.blocking, made.location_type) == (["calendar"], "link")
    wish_back = event_types.EditEventType(
        home="alice",
        slug="review",
        hours="inherit",
        zone="inherit",
        blocking="inherit",
        receiving="inherit",
        step_min=0,
    )
    after = await told(ports, wish_back, EventTypeView)
    assert (after.hours, after.zone, after.blocking, after.receiving, after.step_min) == (None,) * 5


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("https://meet.example.org/a", "link", "https://meet.example.org/a"),
        ("phone: +49 30 1234", "phone", "+49 30 1234"),
        ("in person: Room 5", "in_person", "Room 5"),
        ("Somewhere: else", "text", "Somewhere: else"),
        ("javascript:alert(1)", "text", "javascript:alert(1)"),
        ("", "none", ""),
    ],
)
async def test_a_place_is_what_its_text_looks_like(text: str, kind: str, value: str, ports: Ports) -> None:
    wish = event_types.EditEventType(home="alice", slug="intro", location=text)
    after = await told(ports, wish, EventTypeView)
    assert (after.location_type, after.location) == (kind, value)


async def test_a_booking_is_made_in_the_guests_zone(ports: Ports) -> None:
    """S1.71: date and time are meant in `--timezone`, whatever the host's zone is."""
    made = await told(ports, book("14:30", timezone="Asia/Kolkata", notes="Hello"), BookingView)
    assert made.start == f"{DAY}T09:00:00Z"
    assert (made.guest_zone, made.notes, made.status) == ("Asia/Kolkata", "Hello", "confirmed")


async def test_without_a_zone_the_hosts_one_is_meant(ports: Ports) -> None:
    assert (await told(ports, book("10:00"), BookingView)).start == f"{DAY}T09:00:00Z"


async def test_the_host_may_be_left_out_where_one_host_alone_has_the_slug(ports: Ports) -> None:
    """S1.71: `booking create <slug>`."""
    assert (await told(ports, book(home=None), BookingView)).home == "alice"
    await told(ports, hosts.AddHost(home="bob", email="bob@example.org", zone="UTC"), HostWithPassword)
    await told(ports, event_types.CreateEventType(home="bob", slug="intro"), EventTypeView)
    assert "alice/intro, bob/intro" in (await refused(ports, book("11:00", home=None))).fields["slug"]


async def test_a_free_time_that_guests_are_not_offered_is_asked_about_once(ports: Ports) -> None:
    """C36: outside hours the host is asked, and may."""
    found = await refused(ports, book("20:00"))
    assert (found.reason, len(found.nearest)) == ("outside_hours", 3)
    assert (await told(ports, book("20:00", anyway=True), BookingView)).start == f"{DAY}T19:00:00Z"


async def test_a_busy_time_is_refused_whatever_is_said(ports: Ports) -> None:
    """C36: a busy time is never booked."""
    await told(ports, book("10:00"), BookingView)
    assert (await refused(ports, book("10:00", anyway=True))).reason == "busy"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": "2026-02-30"}, "date"),
        ({"time": "25:00"}, "time"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"date": "2026-03-29", "time": "02:30"}, "time"),
        ({"email": "nobody"}, "email"),
    ],
)
async def test_what_makes_no_sense_is_told_for_its_field(
    changes: dict[str, str], field: str, ports: Ports
) -> None:
    assert field in (await refused(ports, book(**changes))).fields


async def test_a_booking_is_moved_and_cancelled_as_its_host(ports: Ports) -> None:
    """S1.24, S1.38, S1.39, S1.40: at once, and it stays confirmed; C27: what each change is called outside."""
    made = await told(ports, book("10:00"), BookingView)
    move = bookings.RescheduleBooking(booking=made.id, date=DAY, time="11:00")
    moved = await told(ports, move, BookingView)
    assert (moved.start, moved.status) == (f"{DAY}T10:00:00Z", "confirmed")
    ended = await told(ports, bookings.CancelBooking(made.id, "Ill"), BookingView)
    assert (ended.status, ended.reason) == ("cancelled", "Ill")
    shown = await told(ports, bookings.ShowBooking(made.id), BookingDetails)
    assert [(line.action, line.actor) for line in shown.trail] == [
        ("create", "host"),
        ("reschedule", "host"),
        ("cancel", "host"),
    ]
    assert [line.happenings for line in shown.trail] == [
        ["booking.created"],
        ["booking.rescheduled"],
        ["booking.cancelled"],
    ]
    # C10: who moved it is not mailed about it.
    assert [(mail.kind, mail.recipient) for mail in shown.mails] == [
        ("confirmed", 1),
        ("confirmed", 0),
        ("rescheduled", 1),
        ("cancelled", 1),
        ("cancelled", 0),
    ]


async def asked(ports: Ports, *, confirmed: bool = False) -> BookingRecord:
    """Return a guest's request; or for one o'clock, of what was confirmed at ten."""
    edit = event_types.EditEventType(
        home="alice",
        slug="intro",
        requires_confirmation=not confirmed,
        guest_reschedule_policy=ReschedulePolicy.APPROVE,
    )
    await told(ports, edit, EventTypeView)
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} 10:00"),
        name="Gus",
        email="gus@example.net",
        zone="Europe/Berlin",
    )
    made = await create.create(ports, wish, Actor.GUEST, NOW)
    if confirmed:
        looked = await look.by_id(ports, made.id)
        await reschedule.reschedule(ports, looked, at(f"{DAY} 13:00"), Actor.GUEST, NOW)
    return await look.record(ports, made.id)


async def test_a_request_is_listed_and_confirmed_as_its_host(ports: Ports) -> None:
    """S1.20, S1.21, S1.23: without a base URL this is where it is answered."""
    record = await asked(ports)
    (waiting,) = await told(ports, bookings.ListBookings(home="alice", view="pending"), list[BookingView])
    assert (waiting.id, waiting.status, waiting.answer_by) == (record.id, "pending", f"{DAY}T09:00:00Z")
    made = await told(ports, bookings.ConfirmBooking(record.id), BookingView)
    assert (made.status, made.answer_by) == ("confirmed", None)
    assert await told(ports, bookings.ListBookings(view="pending"), list[BookingView]) == []


async def test_a_request_is_declined_as_its_host(ports: Ports) -> None:
    """S1.20, S1.22"""
    record = await asked(ports)
    ended = await told(ports, bookings.DeclineBooking(booking=record.id, reason="Leave"), BookingView)
    assert (ended.status, ended.reason) == ("declined", "Leave")
    shown = await told(ports, bookings.ShowBooking(record.id), BookingDetails)
    assert (shown.trail[-1].action, shown.trail[-1].actor) == ("decline", "host")


async def test_another_time_can_be_declined_and_the_first_one_kept(ports: Ports) -> None:
    """C1"""
    record = await asked(ports, confirmed=True)
    (waiting,) = await told(ports, bookings.ListBookings(view="pending"), list[BookingView])
    assert (waiting.start, waiting.agreed_start) == (f"{DAY}T12:00:00Z", f"{DAY}T09:00:00Z")
    kept = await told(ports, bookings.DeclineBooking(booking=record.id, keep=True), BookingView)
    assert (kept.status, kept.start, kept.agreed_start) == ("confirmed", f"{DAY}T09:00:00Z", None)


async def test_what_people_create_by_hand_asks_the_host_about_other_times(ports: Ports) -> None:
    """C1: the default of what is made on the command line."""
    made = await told(ports, event_types.CreateEventType(home="alice", slug="talk"), EventTypeView)
    assert (made.guest_reschedule_policy, made.requires_confirmation) == ("approve", False)
    terms = event_types.EditEventType(
        home="alice",
        slug="talk",
        requires_confirmation=True,
        confirm_within_min=120,
        pending_holds_slot=False,
        pending_in_calendar=False,
        guest_reschedule_policy=ReschedulePolicy.SAME_AS_BOOKING,
        cancel_deadline_min=60,
        reschedule_deadline_min=90,
    )
    saved = await told(ports, terms, EventTypeView)
    for name in (
        "requires_confirmation",
        "confirm_within_min",
        "pending_holds_slot",
        "pending_in_calendar",
        "guest_reschedule_policy",
        "cancel_deadline_min",
        "reschedule_deadline_min",
    ):
        assert getattr(saved, name) == getattr(terms, name)
    cleared = event_types.EditEventType(home="alice", slug="talk", confirm_within_min=0)
    assert (await told(ports, cleared, EventTypeView)).confirm_within_min is None
    late = event_types.EditEventType(home="alice", slug="talk", cancel_deadline_min=-1)
    assert "cancel_deadline_min" in (await refused(ports, late)).fields


async def test_bookings_are_listed_by_view(ports: Ports) -> None:
    first, second = [await told(ports, book(time), BookingView) for time in ("11:00", "10:00")]
    await told(ports, bookings.CancelBooking(first.id), BookingView)
    upcoming = await told(ports, bookings.ListBookings(home="alice"), list[BookingView])
    cancelled = await told(ports, bookings.ListBookings(view="cancelled"), list[BookingView])
    assert ([one.id for one in upcoming], [one.id for one in cancelled]) == ([second.id], [first.id])
    assert "view" in (await refused(ports, bookings.ListBookings(view="lost"))).fields


async def test_a_mail_that_was_not_sent_is_sent_by_hand(ports: Ports) -> None:
    """S1.54: without SMTP bookings work, and their mails can be sent later."""
    await told(ports, book("10:00"), BookingView)
    for mail in await ports.ledger.mails():
        await ports.ledger.finish_mail(mail.id, MailState.NOT_SENT, int(NOW.timestamp()), "no SMTP")
    unsent = await told(ports, mails.ListMails("not_sent"), list[MailView])
    queued = await told(ports, mails.SendMails((unsent[0].id,)), list[MailView])
    assert [(mail.id, mail.state) for mail in queued] == [(unsent[0].id, "queued")]
    rest = await told(ports, mails.SendMails(), list[MailView])
    assert [mail.id for mail in rest] == [unsent[1].id]


async def test_a_mail_is_not_queued_while_none_can_leave() -> None:
    """S1.54: it would only come back as not sent."""
    closed = memory_ports(NOW, mailer=MemoryMailer(is_configured=False))
    assert "mail.host" in (await refused(closed, mails.SendMails())).message


async def test_a_mail_that_has_left_is_not_sent_again(ports: Ports) -> None:
    await told(ports, book("10:00"), BookingView)
    mail = (await ports.ledger.mails())[0]
    await ports.ledger.finish_mail(mail.id, MailState.SENT, int(NOW.timestamp()))
    assert (await refused(ports, mails.SendMails((mail.id,)))).code == "not_found"


async def test_lines_hold_one_request_and_one_answer_each(ports: Ports) -> None:
    line = await answer_line(ports, b'{"type": "host.list"}\n')
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    found = read_answer(line)
    assert isinstance(found, Done)
    assert [one["home"] for one in json.loads(line)["result"]] == ["alice"]


@pytest.mark.parametrize(
    "line", [b"hello\n", b"{}\n", b'{"type": "no.such"}\n', b'{"type": "host.password"}\n', b"\xff\n"]
)
async def test_a_line_that_is_no_request_is_refused_and_does_no_harm(line: bytes, ports: Ports) -> None:
    found = read_answer(await answer_line(ports, line))
    assert isinstance(found, Refused)
    assert found.refusal.code == "bad_request"


async def test_a_refusal_over_the_socket_is_the_refusal_without_one(ports: Ports) -> None:
    request = book("20:00")
    assert read_answer(await answer_line(ports, msgspec.json.encode(request))) == await answer(ports, request)


async def test_a_host_blocks_more_and_fewer_addresses_and_the_rest_stays(ports: Ports) -> None:
    await told(ports, hosts.SetHost(home="alice", block=["Troll@example.com", "@spam.example"]), HostView)
    found = await told(
        ports, hosts.SetHost(home="alice", block=["@spam.example"], unblock=["TROLL@example.com"]), HostView
    )
    assert found.blocked == ["@spam.example"]
    refused = await answer(ports, hosts.SetHost(home="alice", block=["everybody"]))
    assert isinstance(refused, Refused)
    assert list(refused.refusal.fields) == ["blocked"]
