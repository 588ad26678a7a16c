"""The life of a booking: what may follow what, and how its numbers rise."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import Action, Actor, Attendance, Booking, Organizer, Partstat, Status
from server.domain.changes import (
    Waiting,
    annotated,
    attended,
    cancelled,
    cancelled_one,
    confirmed,
    created,
    cut,
    declined,
    expired,
    joined,
    kept,
    left,
    next_sequence,
    placed,
    reassigned,
    requested,
    rescheduled,
    rescheduled_one,
    seated,
    verified,
)
from server.domain.errors import AlreadyCancelled, Conflict, Invalid, SchedulingError
from server.domain.metadata import Metadata
from server.domain.series import Frequency, Recurrence, Series
from server.domain.transitions import PROVES, TRANSITIONS
from tests.builders import DAY, NOW, at, booking, calendar, guest

LATER = at("2026-03-02 15:00")


def move(meeting: Booking, actor: Actor = Actor.GUEST, sent: int = 0) -> Booking:
    return rescheduled(meeting, LATER, actor=actor, at=NOW, sent=sent).after


def cancel(meeting: Booking, actor: Actor = Actor.GUEST, sent: int = 0) -> Booking:
    return cancelled(meeting, "", actor=actor, at=NOW, sent=sent).after


AGREED = (at("2026-03-02 16:00"), at("2026-03-02 16:30"))
TERMS = Waiting(booking().calendar, at("2026-03-02 12:00"), holds_time=False)


def ask(meeting: Booking) -> Booking:
    return requested(meeting, LATER, TERMS, at=NOW, sent=0).after


def agree(meeting: Booking) -> Booking:
    return confirmed(meeting, actor=Actor.HOST, at=NOW, sent=0, calendar=meeting.calendar).after


def go_back(meeting: Booking) -> Booking:
    return kept(meeting, "", actor=Actor.HOST, at=NOW, sent=0, calendar=meeting.calendar).after


def turn_down(meeting: Booking) -> Booking:
    return declined(meeting, "", actor=Actor.HOST, at=NOW, sent=0).after


def let_expire(meeting: Booking) -> Booking:
    return expired(meeting, at=NOW, sent=0).after


SAM = guest("Sam", "sam@example.net", number=2)


def bring(meeting: Booking) -> Booking:
    return joined(meeting, SAM, actor=Actor.GUEST, at=NOW, sent=0).after


def lose(meeting: Booking) -> Booking:
    return left(meeting, 2, actor=Actor.GUEST, at=NOW, sent=0).after


def prove(meeting: Booking, terms: Waiting | None) -> Booking:
    calendar = meeting.calendar
    return verified(meeting, terms, meeting.location, at=NOW, sent=0, calendar=calendar).after


SALES = Organizer("Sales", "sales@example.org")


def hand_over(meeting: Booking) -> Booking:
    made = reassigned(meeting, calendar("bob"), SALES, actor=Actor.HOST, at=NOW, sent=meeting.sequence)
    return made.after


def test_a_request_waits_on_its_terms_and_an_answer_ends_them() -> None:
    """C1, C19."""
    asked = ask(booking("10:00-10:45"))
    assert (asked.answer_by, asked.holds_time, asked.status) == (TERMS.answer_by, False, Status.PENDING)
    assert asked.agreed == (at("2026-03-02 10:00"), at("2026-03-02 10:45"))
    for answered in (agree(asked), go_back(asked), move(replace(asked, start=at("2026-03-02 14:00")))):
        assert (answered.answer_by, answered.agreed, answered.holds_time) == (None, None, True)
        assert (answered.status, answered.is_invited) == (Status.CONFIRMED, True)


def test_a_request_expires_when_it_begins_at_the_latest() -> None:
    """C19."""
    asked = ask(booking())
    assert asked.expires_at == TERMS.answer_by
    assert replace(asked, answer_by=None).expires_at == asked.start
    assert replace(asked, answer_by=LATER + timedelta(days=1)).expires_at == LATER


def test_a_new_booking_has_no_past_and_sequence_zero() -> None:
    change = created(booking(), Actor.GUEST)
    assert (change.before, change.action, change.after.sequence, change.after.revision) == (
        None,
        Action.CREATE,
        0,
        0,
    )


def test_a_reschedule_keeps_id_uid_and_length_and_raises_sequence() -> None:
    """S5.26, S1.41, C3."""
    before = booking("10:00-10:45")
    after = move(before)
    assert (after.id, after.uid, after.end - after.start) == (before.id, before.uid, timedelta(minutes=45))
    assert (after.start, after.sequence, after.revision, after.status) == (LATER, 1, 1, Status.CONFIRMED)


def test_a_guest_who_moves_the_meeting_has_accepted_the_new_time() -> None:
    assert move(booking()).guest.partstat is Partstat.ACCEPTED


def test_a_host_who_moves_the_meeting_asks_every_guest_again() -> None:
    assert move(booking(), Actor.HOST).guest.partstat is Partstat.NEEDS_ACTION


def test_a_host_reschedule_stays_confirmed() -> None:
    """S1.40."""
    assert move(booking(), Actor.HOST).status is Status.CONFIRMED


def test_a_cancelled_booking_says_who_ended_it_and_why() -> None:
    """S1.14, S1.31."""
    after = cancelled(booking(), "  ill  ", actor=Actor.HOST, at=NOW, sent=0).after
    assert (after.status, after.ended_by, after.reason, after.sequence) == (
        Status.CANCELLED,
        Actor.HOST,
        "ill",
        1,
    )


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DECLINED])
def test_what_has_ended_cannot_be_moved(status: Status) -> None:
    """S1.44, C8."""
    with pytest.raises(AlreadyCancelled):
        move(replace(booking(), status=status))


def test_a_reason_may_have_500_characters() -> None:
    """C29, S2.28."""
    assert len(cancelled(booking(), "x" * 500, actor=Actor.GUEST, at=NOW, sent=0).after.reason) == 500


@pytest.mark.parametrize("actor", list(Actor))
def test_a_longer_reason_is_refused_and_named(actor: Actor) -> None:
    """C29."""
    with pytest.raises(Invalid) as refused:
        cancelled(booking(), "x" * 501, actor=actor, at=NOW, sent=0)
    assert "501" in refused.value.fields["reason"]


def test_a_booking_cannot_be_moved_into_the_past() -> None:
    """S5.31, C26."""
    with pytest.raises(Invalid) as refused:
        rescheduled(booking(), at("2026-03-01 10:00"), actor=Actor.HOST, at=NOW, sent=0)
    assert "start" in refused.value.fields


def annotate(meeting: Booking) -> Booking:
    return annotated(meeting, (("source", "web"),), actor=Actor.API_KEY, at=NOW, sent=0).after


def attend(meeting: Booking) -> Booking:
    return attended(
        meeting, 1, Attendance.ATTENDED, actor=Actor.HOST, at=at("2026-03-03 10:00"), sent=0
    ).after


def test_what_is_noted_about_a_booking_is_quiet() -> None:
    """S3.37, S3.38: nobody's link or calendar goes stale by it."""
    meeting = replace(booking(), sequence=3)
    for after in (annotate(meeting), attend(meeting)):
        assert (after.sequence, after.revision, after.status) == (3, 1, Status.CONFIRMED)


def test_metadata_is_replaced_and_not_merged() -> None:
    """S3.37"""
    meeting = replace(booking(), metadata=(("colour", "red"), ("source", "mail")))
    assert annotate(meeting).metadata == (("source", "web"),)


@pytest.mark.parametrize(
    "metadata",
    [
        tuple((f"name{at_}", 1) for at_ in range(51)),
        (("", "x"),),
        (("n" * 41, "x"),),
        (("name", "v" * 501),),
        (("na\nme", "x"),),
        (("name", "\x00"),),
        (("name", 2**53 + 1),),
    ],
)
def test_metadata_that_no_calendar_should_carry_is_refused(metadata: Metadata) -> None:
    """S3.36"""
    with pytest.raises(Invalid):
        annotated(booking(), metadata, actor=Actor.API_KEY, at=NOW, sent=0)


def test_who_came_is_said_of_each_attendee_and_not_before_the_meeting() -> None:
    """S2.33, S2.34, C30"""
    late = at(f"{DAY} 11:00")
    said = attended(booking(), 1, Attendance.ABSENT, actor=Actor.HOST, at=late, sent=0).after
    assert said.guest.attendance is Attendance.ABSENT
    with pytest.raises(Conflict):
        attended(booking(), 1, Attendance.ATTENDED, actor=Actor.HOST, at=NOW, sent=0)


WEEKLY = Series(recurrence=Recurrence(frequency=Frequency.WEEKLY, count=4))


def move_one(meeting: Booking) -> Booking:
    second = meeting.start + timedelta(weeks=1)
    later = second + timedelta(hours=2)
    return rescheduled_one(meeting, second, later, actor=Actor.GUEST, at=NOW, sent=0).after


def cancel_one(meeting: Booking) -> Booking:
    second = meeting.start + timedelta(weeks=1)
    return cancelled_one(meeting, second, "ill", actor=Actor.GUEST, at=NOW, sent=0).after


def test_who_came_to_a_series_is_said_once_the_first_meeting_has_begun_that_takes_place() -> None:
    """C30"""
    series = replace(booking(), series=WEEKLY)
    first = cancelled_one(series, series.start, "ill", actor=Actor.GUEST, at=NOW, sent=0).after
    with pytest.raises(Conflict):
        attended(first, 1, Attendance.ABSENT, actor=Actor.HOST, at=series.start + timedelta(days=1), sent=0)
    late = series.start + timedelta(days=8)
    said = attended(first, 1, Attendance.ABSENT, actor=Actor.HOST, at=late, sent=0).after
    assert said.guest.attendance is Attendance.ABSENT


def cut_short(meeting: Booking) -> Booking:
    return cut(meeting, date(2026, 3, 15), "", actor=Actor.HOST, at=NOW, sent=0).after


def seat_somebody(action: Action) -> Callable[[Booking], Booking]:
    return lambda meeting: seated(meeting, meeting, action, actor=Actor.GUEST, at=NOW, sent=0).after


def test_every_pair_of_status_and_action_that_the_table_lacks_is_refused() -> None:
    acts: dict[Action, Callable[[Booking], Booking]] = {
        Action.CONFIRM: agree,
        Action.DECLINE: turn_down,
        Action.EXPIRE: let_expire,
        Action.REQUEST: ask,
        Action.KEEP: go_back,
        Action.RESCHEDULE: move,
        Action.CANCEL: cancel,
        Action.JOIN: bring,
        Action.LEAVE: lose,
        Action.VERIFY: lambda meeting: prove(meeting, None),
        Action.SUBMIT: lambda meeting: prove(meeting, TERMS),
        Action.ROOM: lambda meeting: placed(meeting, "https://meet.example/a", at=NOW, sent=0).after,
        Action.REASSIGN: hand_over,
        Action.ANNOTATE: annotate,
        Action.ATTEND: attend,
        Action.RESCHEDULE_ONE: move_one,
        Action.CANCEL_ONE: cancel_one,
        Action.CUT: cut_short,
        **{action: seat_somebody(action) for action in (Action.WAIT, Action.WITHDRAW, Action.TURN)},
    }
    assert acts.keys() >= {action for _, action in TRANSITIONS}
    for status, action, waits in itertools.product(Status, acts, (False, True)):
        meeting = replace(booking(), status=status, agreed=AGREED, awaiting_address=waits)
        if action in {Action.RESCHEDULE_ONE, Action.CANCEL_ONE, Action.CUT}:
            meeting = replace(meeting, series=WEEKLY)
        is_meant = action in {Action.EXPIRE, Action.CANCEL} or waits is (action in PROVES)
        if (status, action) in TRANSITIONS and is_meant:
            assert acts[action](meeting).status is TRANSITIONS[status, action]
        else:
            with pytest.raises(SchedulingError):
                acts[action](meeting)


def test_what_waits_for_payment_cannot_be_moved() -> None:
    with pytest.raises(Conflict, match="pending_payment"):
        move(replace(booking(), status=Status.PENDING_PAYMENT))


def test_who_takes_a_meeting_over_keeps_its_time_its_answers_and_in_whose_name_it_invites() -> None:
    """S4.38, C37, S1.46."""
    before = booking("10:00-10:45")
    after = hand_over(before)
    assert (after.home, after.calendar, after.organizer) == ("bob", calendar("bob"), SALES)
    assert (after.uid, after.span, after.attendees) == (before.uid, before.span, before.attendees)
    assert (after.revision, after.sequence) == (1, 1)
    again = reassigned(
        after, calendar("cy"), Organizer("Else", "else@example.org"), actor=Actor.HOST, at=NOW, sent=1
    ).after
    assert (again.home, again.organizer) == ("cy", SALES)


@given(st.integers(0, 2**31 - 2), st.integers(0, 2**31 - 2))
def test_a_sequence_never_falls_below_what_is_stored_and_always_passes_what_was_sent(
    stored: int, sent: int
) -> None:
    """C3; RFC 5546 §2.1.4."""
    assert next_sequence(stored, sent) >= stored
    assert next_sequence(stored, sent) > sent


@given(st.lists(st.sampled_from([Actor.GUEST, Actor.HOST]), max_size=6))
def test_revision_and_sequence_rise_with_every_change(actors: list[Actor]) -> None:
    meeting = booking()
    for number, actor in enumerate(actors):
        start = LATER + timedelta(hours=number + 1)
        after = rescheduled(meeting, start, actor=actor, at=NOW, sent=meeting.sequence).after
        assert (after.revision, after.sequence > meeting.sequence) == (meeting.revision + 1, True)
        meeting = after


def test_what_a_booking_holds_is_the_meeting_with_its_buffers() -> None:
    """S1.50."""
    meeting = replace(booking("10:00-11:00"), buffer_before_min=10, buffer_after_min=15)
    start, end = meeting.span
    assert meeting.held == (start - 600, end + 900)
