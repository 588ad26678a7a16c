"""What may follow what in the life of a booking: one table, which every change asks."""

from collections.abc import Mapping

from server.domain.booking import Action, Status

TRANSITIONS: Mapping[tuple[Status, Action], Status] = {
    (Status.PENDING_PAYMENT, Action.CANCEL): Status.CANCELLED,
    (Status.PENDING, Action.VERIFY): Status.CONFIRMED,
    (Status.PENDING, Action.SUBMIT): Status.PENDING,
    (Status.PENDING, Action.CONFIRM): Status.CONFIRMED,
    (Status.PENDING, Action.DECLINE): Status.DECLINED,
    (Status.PENDING, Action.EXPIRE): Status.DECLINED,
    (Status.PENDING, Action.REQUEST): Status.PENDING,
    (Status.PENDING, Action.KEEP): Status.CONFIRMED,
    (Status.PENDING, Action.RESCHEDULE): Status.CONFIRMED,
    (Status.PENDING, Action.CANCEL): Status.CANCELLED,
    (Status.PENDING, Action.JOIN): Status.PENDING,
    (Status.PENDING, Action.LEAVE): Status.PENDING,
    (Status.PENDING, Action.REASSIGN): Status.PENDING,
    (Status.PENDING, Action.RESCHEDULE_ONE): Status.PENDING,
    (Status.PENDING, Action.CANCEL_ONE): Status.PENDING,
    (Status.PENDING, Action.CUT): Status.PENDING,
    (Status.CONFIRMED, Action.REQUEST): Status.PENDING,
    (Status.CONFIRMED, Action.RESCHEDULE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.CANCEL): Status.CANCELLED,
    (Status.CONFIRMED, Action.ROOM): Status.CONFIRMED,
    (Status.CONFIRMED, Action.JOIN): Status.CONFIRMED,
    (Status.CONFIRMED, Action.LEAVE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.WAIT): Status.CONFIRMED,
    (Status.CONFIRMED, Action.WITHDRAW): Status.CONFIRMED,
    (Status.CONFIRMED, Action.TURN): Status.CONFIRMED,
    (Status.CONFIRMED, Action.REASSIGN): Status.CONFIRMED,
    (Status.CONFIRMED, Action.RESCHEDULE_ONE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.CANCEL_ONE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.CUT): Status.CONFIRMED,
    (Status.PENDING_PAYMENT, Action.ANNOTATE): Status.PENDING_PAYMENT,
    (Status.PENDING, Action.ANNOTATE): Status.PENDING,
    (Status.CONFIRMED, Action.ANNOTATE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.ATTEND): Status.CONFIRMED,
}
"""Every transition there is. What is not listed is refused and changes nothing."""

PROVES = frozenset({Action.VERIFY, Action.SUBMIT})
"""What can be done only to a booking whose guest has yet to prove their mail address; else it can lapse or be cancelled."""
