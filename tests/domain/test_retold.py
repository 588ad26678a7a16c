"""What two revisions of a booking tell of what happened between them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.domain.booking import Action, Actor, Booking, Organizer, Status
from server.domain.changes import cancelled, declined, expired, joined, reassigned, rescheduled
from server.domain.retold import action_between, actor_of
from tests.builders import NOW, at, booking, calendar, guest

LATER = at("2026-03-02 15:00")
SALES = Organizer("Sales", "sales@example.org")

DEEDS: dict[tuple[Action, Actor], Callable[[Booking], Booking]] = {
    (Action.RESCHEDULE, Actor.HOST): lambda one: (
        rescheduled(one, LATER, actor=Actor.HOST, at=NOW, sent=0).after
    ),
    (Action.RESCHEDULE, Actor.GUEST): lambda one: (
        rescheduled(one, LATER, actor=Actor.GUEST, at=NOW, sent=0).after
    ),
    (Action.CANCEL, Actor.GUEST): lambda one: cancelled(one, "", actor=Actor.GUEST, at=NOW, sent=0).after,
    (Action.JOIN, Actor.GUEST): lambda one: (
        joined(one, guest("Sam", "sam@example.net", number=2), actor=Actor.GUEST, at=NOW, sent=0).after
    ),
    (Action.REASSIGN, Actor.HOST): lambda one: (
        reassigned(one, calendar("bob"), SALES, actor=Actor.HOST, at=NOW, sent=0).after
    ),
}


@pytest.mark.parametrize("told", DEEDS, ids=str)
def test_what_was_done_and_by_whom_is_read_from_the_revisions(told: tuple[Action, Actor]) -> None:
    before = booking()
    after = DEEDS[told](before)
    action = action_between(after, before)
    assert (action, actor_of(after, action)) == told


def test_how_a_request_ended_is_read_from_who_ended_it() -> None:
    asked = replace(booking(), status=Status.PENDING)
    for ended, told in (
        (declined(asked, "", actor=Actor.HOST, at=NOW, sent=0), (Action.DECLINE, Actor.HOST)),
        (expired(asked, at=NOW, sent=0), (Action.EXPIRE, Actor.SYSTEM)),
    ):
        action = action_between(ended.after, asked)
        assert (action, actor_of(ended.after, action)) == told


def test_a_booking_without_a_past_was_created() -> None:
    assert action_between(booking(), None) is Action.CREATE
