"""What a crash left behind is carried to its end or taken back; there is no third state.

Each object that an intent names is looked at in the store itself:

    NEW      our text stands there (or is gone, where that was the wish)
    OLD      what stood there before still does
    FOREIGN  somebody else's text: the host was there

    all NEW              settle; so it is when the last one is, and a write of the history, which is Daybook's alone, proves
                         that the swap began
    all OLD              what keeps a booking alive is released (its author was never told of success); what ends it is done
                         again, because a guest who pressed "cancel" must not be expected tomorrow
    NEW and OLD          forward: what is still OLD is swapped, then settle
    FOREIGN              the host's text stays. If it was made from our revision the change had happened: settle.
                         If not, the change had not happened: release, and take back what it left in the history

The copies of a booking with several hosts take part in this, but what their hosts made of them is never asked. Where one
host hands a booking to another, the objects of both count: it stands with the one or with the other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum

from server.domain.booking import Action
from server.domain.errors import Unavailable
from server.domain.identity import HISTORY, calendar_path, home_of
from server.ical import vevent
from server.ports import Busy, EtagMismatch, Intent, Ports, StagedWrite
from server.usecases.booking import copies, follow

FOR_EVER = 2**62
"""Later than every intent, also than those of a clock that was wrong."""

ENDS = frozenset({Action.CANCEL, Action.DECLINE, Action.EXPIRE})
"""What is done again."""

GRACE_S = 30
"""An intent younger than this may still be in the hands of a task."""


class _State(Enum):
    NEW = "new"
    OLD = "old"
    FOREIGN = "foreign"


async def recover_all(ports: Ports, now: datetime) -> int:
    """Resolve every intent and sweep staged files; for a start, before the socket opens. Returns how many were resolved.

    An intent that the disk does not let go of stays, with its staged texts, for the running server to try again.
    """
    intents = await ports.ledger.intents(FOR_EVER)
    left = [intent for intent in intents if not await _is_resolved(ports, intent, now)]
    await ports.calendars.sweep(frozenset(w.staged for intent in left for w in intent.writes if w.staged))
    return len(intents) - len(left)


async def recover_stale(ports: Ports, now: datetime) -> int:
    """Resolve the intents that are older than 30 s and that no task holds; for a running server, every minute."""
    resolved = 0
    for intent in await ports.ledger.intents(int(now.timestamp()) - GRACE_S):
        if not ports.tasks.holds(intent.id):
            resolved += await _is_resolved(ports, intent, now)
    return resolved


async def _is_resolved(ports: Ports, intent: Intent, now: datetime) -> bool:
    """Resolve an intent, or tell that it cannot be now: one home that is gone must not keep all others waiting."""
    try:
        await _resolve(ports, intent, now)
    except Unavailable:
        return False
    return True


async def _resolve(ports: Ports, intent: Intent, now: datetime) -> None:
    if await _is_carried(ports, await _without_strange_copies(ports, intent)):
        await ports.ledger.settle(intent)
        ports.outbox.ring()
    else:
        await ports.ledger.release(intent)
    await ports.calendars.discard(intent.home, intent.writes)
    record = await ports.ledger.booking(intent.settlement.booking)
    if record is not None:
        await follow.reconcile(ports, record, now)
        await copies.mend(ports, record)


async def _is_carried(ports: Ports, intent: Intent) -> bool:
    return await _carry_forward(ports, intent, [await _state(ports, write) for write in intent.writes])


async def _without_strange_copies(ports: Ports, intent: Intent) -> Intent:
    """Return the intent without the copies that co-hosts wrote over: these decide nothing, and are put right at last (C22)."""
    record = await ports.ledger.booking(intent.settlement.booking)
    deciding = {intent.home, intent.home if record is None else record.home}
    strange = [
        write
        for write in intent.writes
        if home_of(write.calendar) not in deciding and await _state(ports, write) is _State.FOREIGN
    ]
    return replace(intent, writes=tuple(write for write in intent.writes if write not in strange))


async def _carry_forward(ports: Ports, intent: Intent, states: Sequence[_State]) -> bool:
    """Bring the calendars to the intent's end, or back to its beginning; tell which."""
    if _is_done(intent, states):
        return True  # whatever a client has since made of it
    if _State.FOREIGN in states and not await _happened(ports, intent, states):
        await _take_back(ports, intent, states)
        return False
    if all(state is _State.OLD for state in states) and intent.settlement.action not in ENDS:
        return False
    rest = [write for write, state in zip(intent.writes, states, strict=True) if state is _State.OLD]
    try:
        await ports.calendars.swap(intent.home, intent.id, rest, ())
    except (EtagMismatch, Busy):
        await _take_back(ports, intent, states)
        return False
    return True


def _is_done(intent: Intent, states: Sequence[_State]) -> bool:
    """Tell whether the last write is there, and by our hand: clients remove objects, but none of the history."""
    if states[-1] is not _State.NEW:
        return False
    last, home = intent.writes[-1], home_of(intent.writes[-1].calendar)
    if _is_history(last):
        return True
    # Another host's calendar, which it leaves last; the revision before was put in the history first.
    return home != intent.home and any(
        _is_history(write) and state is _State.NEW for write, state in zip(intent.writes, states, strict=True)
    )


def _is_history(write: StagedWrite) -> bool:
    return write.calendar == calendar_path(home_of(write.calendar), HISTORY)


async def _state(ports: Ports, write: StagedWrite) -> _State:
    present = await ports.calendars.etag(write.calendar, write.href)
    if present == write.new_etag:
        return _State.NEW
    return _State.OLD if present == write.old_etag else _State.FOREIGN


async def _happened(ports: Ports, intent: Intent, states: Sequence[_State]) -> bool:
    """Tell whether what the host wrote or removed was made from the revision that the intent was to bring about."""
    foreign = next(w for w, state in zip(intent.writes, states, strict=True) if state is _State.FOREIGN)
    if foreign.new_etag is None:
        return False
    stored = await ports.calendars.get(foreign.calendar, foreign.href)
    booking = vevent.read(stored.text, stored.calendar) if stored else None
    if booking is None:
        return _State.NEW in states
    return booking.revision >= intent.settlement.revision


async def _take_back(ports: Ports, intent: Intent, states: Sequence[_State]) -> None:
    """Remove what the intent had already put where nothing stood before."""
    back = [
        StagedWrite(write.calendar, write.href, write.new_etag, None, None)
        for write, state in zip(intent.writes, states, strict=True)
        if state is _State.NEW and write.old_etag is None and write.new_etag is not None
    ]
    if back:
        await ports.calendars.swap(intent.home, intent.id, back, ())
