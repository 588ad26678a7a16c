"""What a change is called outside: told once each, whatever a booking lives through."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import Actor, Booking, BookingChange, Status
from server.domain.changes import (
    Waiting,
    cancelled,
    confirmed,
    created,
    declined,
    expired,
    kept,
    placed,
    requested,
    rescheduled,
    unproven,
    verified,
    waiting,
)
from server.domain.errors import SchedulingError
from server.domain.happenings import Happening, happenings
from tests.builders import NOW, booking

BORN = booking()
TERMS = Waiting(BORN.calendar)
SOON = NOW + timedelta(hours=1)
HOURS = st.integers(1, 200).map(lambda hours: NOW + timedelta(hours=hours))
HOST, HERE = Actor.HOST, BORN.calendar

BIRTHS = st.sampled_from([BORN, waiting(BORN, TERMS), unproven(BORN, SOON)])
Step = Callable[[Booking], BookingChange]
STEPS: st.SearchStrategy[Step] = st.one_of(
    HOURS.map(lambda start: lambda old: rescheduled(old, start, actor=HOST, at=NOW, sent=0)),
    HOURS.map(lambda start: lambda old: requested(old, start, TERMS, at=NOW, sent=0)),
    st.sampled_from(
        [
            lambda old: confirmed(old, actor=HOST, at=NOW, sent=0, calendar=HERE),
            lambda old: kept(old, "", actor=HOST, at=NOW, sent=0, calendar=HERE),
            lambda old: verified(old, None, old.location, at=NOW, sent=0, calendar=HERE),
            lambda old: verified(old, TERMS, old.location, at=NOW, sent=0, calendar=HERE),
            lambda old: placed(old, "https://meet.example.org/1", at=NOW, sent=0),
            lambda old: cancelled(old, "", actor=HOST, at=NOW, sent=0),
            lambda old: declined(old, "", actor=HOST, at=NOW, sent=0),
            lambda old: expired(old, at=NOW, sent=0),
        ]
    ),
)


def lived(born: Booking, steps: list[Step]) -> list[BookingChange]:
    """Return the changes of a life: steps that are refused do not happen."""
    changes = [created(born, Actor.GUEST)]
    for step in steps:
        try:
            changes.append(step(changes[-1].after))
        except SchedulingError:
            continue
    return changes


@given(born=BIRTHS, steps=st.lists(STEPS, max_size=12))
def test_a_booking_is_created_once_and_first_and_ends_once_and_last(born: Booking, steps: list[Step]) -> None:
    """C27, S3.41: one that its guest never proved was never there."""
    changes = lived(born, steps)
    told = [one for change in changes for one in happenings(change)]
    seen = any(not change.after.awaiting_address for change in changes)
    assert told.count(Happening.CREATED) == seen
    assert told[:1] == [Happening.CREATED][:seen]
    ends = [one for one in told if one in {Happening.CANCELLED, Happening.DECLINED}]
    assert len(ends) == (seen and not changes[-1].after.is_active)
    assert told[len(told) - len(ends) :] == ends
    assert Happening.COMPLETED not in told


@given(born=BIRTHS, steps=st.lists(STEPS, max_size=12))
def test_each_way_into_being_confirmed_and_each_new_start_is_told(born: Booking, steps: list[Step]) -> None:
    """C27: confirmed on every transition but creation, rescheduled when the start changes, at the request too."""
    changes = lived(born, steps)
    shown = [one for one in changes if not one.after.awaiting_address]
    for before, change in pairwise(shown):
        told = set(happenings(change))
        old, new = before.after, change.after
        assert (Happening.RESCHEDULED in told) is (old.start != new.start)
        was_waiting = old.status is Status.PENDING
        assert (Happening.CONFIRMED in told) is (was_waiting and new.status is Status.CONFIRMED)
        assert (Happening.CANCELLED in told) is (new.status is Status.CANCELLED)
        assert (Happening.DECLINED in told) is (new.status is Status.DECLINED)


def test_what_changes_nothing_for_others_has_no_name_outside() -> None:
    met = replace(BORN, notes="Hello")
    change = replace(created(met, Actor.GUEST), before=BORN)
    assert happenings(change) == ()
