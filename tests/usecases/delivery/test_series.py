"""What the people of a series are mailed: of one meeting alone where they know all others, else of the whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Actor
from server.domain.companions import Companion
from server.domain.event_type import EventType
from server.domain.identity import BookingId
from server.domain.reminders import parse
from server.domain.series import Frequency, Recurrence, originals
from server.ical.scan import Component, scan
from server.ports import MailKind, MailState
from server.usecases.booking import companions, look
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.move_occurrence import move_occurrence
from tests.builders import BERLIN, at
from tests.correspondence import GUEST, HOST, Correspondence, Deed, Received

RULE = Recurrence(frequency=Frequency.WEEKLY, count=6)
FIRST = at("2026-03-10 10:00")
STARTS = originals(RULE, FIRST, BERLIN)


def move(number: int, actor: Actor = Actor.GUEST, *, notify: bool = True) -> Deed:
    to = STARTS[number] + timedelta(hours=3)
    return lambda ports, looked, now: move_occurrence(
        ports, looked, STARTS[number], to, actor, now, notify=notify
    )


def call_off(number: int, actor: Actor = Actor.HOST) -> Deed:
    return lambda ports, looked, now: cancel_occurrence(ports, looked, STARTS[number], "Ill.", actor, now)


def cut(number: int) -> Deed:
    day = STARTS[number].date()
    return lambda ports, looked, now: cancel_future(ports, looked, day, "", Actor.HOST, now)


async def course(**more: object) -> tuple[Correspondence, BookingId]:
    post = await Correspondence.begun()
    return post, await post.book(FIRST, "course", recurring=RULE, **more)


def told(mails: list[Received], to: str = GUEST) -> list[tuple[str, list[str], int]]:
    """Return of each mail to somebody the method, which meetings it names alone, and how many components it has."""
    found = []
    for mail in mails:
        if to not in str(mail.message["To"]):
            continue
        for part in mail.message.walk():
            if part.get_content_type() == "application/ics":
                calendar = scan(part.get_content().decode())
                found.append((_said(calendar, "METHOD"), *_parts(calendar)))
    return found


def _parts(calendar: Component) -> tuple[list[str], int]:
    vevents = list(calendar.children("VEVENT"))
    alone = [
        _said(one, "RECURRENCE-ID") for one in vevents if all(one.first("RRULE") is None for one in vevents)
    ]
    return alone, len(vevents)


def _said(component: Component, name: str) -> str:
    item = component.first(name)
    return "" if item is None else item.value


async def test_a_series_is_invited_to_once_with_its_rule() -> None:
    """S3.30"""
    post, _ = await course()
    assert told(post.received) == [("REQUEST", [], 1)]
    assert told(post.received, HOST) == [("REQUEST", [], 1)]


async def test_one_meeting_that_a_guest_moves_is_told_to_guest_and_host_by_itself() -> None:
    post, booking = await course()
    mails = await post.do(move(2), booking)
    for to in (GUEST, HOST):
        assert told(mails, to) == [("REQUEST", ["20260324T100000"], 1)]


async def test_what_the_host_moves_is_told_to_the_guest_alone_and_what_is_cancelled_to_both() -> None:
    """C10, S3.32"""
    post, booking = await course()
    mails = await post.do(move(2, Actor.HOST), booking)
    assert (len(told(mails)), told(mails, HOST)) == (1, [])
    mails = await post.do(call_off(3), booking)
    assert told(mails) == [("CANCEL", ["20260331T100000"], 1)]
    assert told(mails, HOST) == [("REQUEST", [], 2)], "of the move the host was not told"


async def test_the_end_of_a_series_is_a_new_rule_with_what_was_changed_before() -> None:
    """S3.33"""
    post, booking = await course()
    await post.do(move(1), booking)
    assert told(await post.do(cut(4), booking)) == [("REQUEST", [], 2)]


async def test_what_a_mail_could_not_say_in_time_the_next_one_says() -> None:
    post, booking = await course()
    await move(1, Actor.HOST)(post.ports, await look.by_id(post.ports, booking), post.now)
    mails = await post.do(call_off(3), booking)
    assert told(mails) == [("REQUEST", [], 2)]
    states = [one.state for one in await post.ports.ledger.mails(booking=booking) if one.revision == 1]
    assert MailState.SUPERSEDED in states


async def test_without_a_notice_the_guests_calendar_is_told_all_the_same() -> None:
    """C9"""
    post, booking = await course()
    mails = await post.do(move(2, Actor.HOST, notify=False), booking)
    assert [one.kind for one in mails] == [MailKind.SERIES_BARE]
    assert told(mails) == [("REQUEST", ["20260324T100000"], 1)]


async def test_who_joins_is_sent_the_whole_and_then_the_same_as_the_others() -> None:
    post, booking = await course()
    await post.do(move(1), booking)
    fay = Companion("fay@example.net", "Fay")
    mails = await post.do(
        lambda ports, looked, now: companions.bring(ports, looked, fay, Actor.HOST, now), booking
    )
    assert told(mails, fay.email) == [("REQUEST", [], 2)]
    mails = await post.do(call_off(3), booking)
    assert told(mails, fay.email) == [("CANCEL", ["20260331T100000"], 1)]


async def test_a_request_that_waits_is_changed_in_words_alone_and_its_host_can_still_answer() -> None:
    post = await Correspondence.begun()
    kind = post.ports.homes.event_type("alice", "course")
    assert isinstance(kind, EventType)
    await post.ports.homes.save_event_type(replace(kind, requires_confirmation=True))
    booking = await post.book(FIRST, "course", recurring=RULE)
    mails = await post.do(call_off(3, Actor.GUEST), booking)
    assert [told(mails, to) for to in (GUEST, HOST)] == [[], []]
    assert {one.kind for one in mails} == {MailKind.SERIES}
    (to_host,) = [one for one in mails if HOST in str(one.message["To"])]
    body = to_host.message.get_body(("plain",))
    assert body is not None
    assert "One meeting of the series is cancelled" in body.get_content()
    assert "Approve" in body.get_content() or "daybook booking confirm" in body.get_content()


@pytest.mark.parametrize("number", [0, 3])
async def test_a_reminder_of_one_meeting_leads_to_the_page_of_that_one(number: int) -> None:
    """C41: by its day."""
    post = await Correspondence.begun()
    kind = post.ports.homes.event_type("alice", "course")
    assert isinstance(kind, EventType)
    await post.ports.homes.save_event_type(replace(kind, reminders=(parse("1h guest"),)))
    await post.book(FIRST, "course", recurring=RULE)
    post.clock.move_to(STARTS[number] - timedelta(hours=1))
    (reminder,) = [one for one in await post.post() if one.kind is MailKind.REMINDER]
    body = reminder.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    day = STARTS[number].date().isoformat()
    assert f"/on/{day}/cancel" in text
    assert f"/on/{day}/reschedule" in text
    assert "in 1 hour" in text
