"""The one way a booking is written: stage, claim, swap, settle.

A crash after any step leaves an intent that `recover` carries to its end or takes back. The order is what makes that
possible: texts are on disk before the ledger names them, the ledger names them before a calendar shows them, and mails
are queued only by the transaction that also makes the change true.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.booking import ACTIVE, Action, Booking, BookingChange
from server.domain.happenings import happenings
from server.domain.identity import CalendarPath, Href
from server.domain.invites import InviteUse
from server.ports import (
    Busy,
    Claim,
    Condition,
    EtagMismatch,
    Full,
    Intent,
    ObjectWrite,
    Ports,
    Settlement,
    StagedWrite,
    Turn,
)
from server.usecases.booking.claim import claims_of
from server.usecases.booking.follow import reconcile
from server.usecases.booking.remind import meetings, timed
from server.usecases.booking.told import mails_of

NEWS_S = 86_400
"""How long it is worth telling that a request has expired, though its meeting be over: the server may have stood still."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A decided change: what shall stand in the calendars, and under which conditions.

    `calendar` and `href` say where the booking's object stands afterwards. The history's text comes before the live one
    in `writes`: whoever finds the live one changed knows that the history is complete. `forced` is what the host did in the
    calendar, which no claim of others refuses. `turn` is the one that it takes of a team's rotation.
    """

    change: BookingChange
    calendar: CalendarPath
    href: Href
    writes: tuple[ObjectWrite, ...]
    free: tuple[Condition, ...] = ()
    key: str | None = None
    forced: bool = False
    use: InviteUse | None = None
    turn: Turn | None = None


async def carry_out(ports: Ports, plan: Plan) -> None:
    """Commit `plan` as work of the application: a caller who goes away changes nothing about it."""
    intent_id = ports.ids.secret()
    await ports.tasks.run(intent_id, lambda: commit(ports, intent_id, plan))


async def commit(ports: Ports, intent_id: str, plan: Plan) -> None:
    """Carry `plan` out, or change nothing.

    Raises `Taken`, `Repeated`, `Overtaken`, `UsedUp`, `TurnMoved`, `Busy`, `Full` or `EtagMismatch` then.
    """
    home = plan.change.after.home
    staged = await ports.calendars.stage(home, plan.writes)
    intent = _intent(ports, intent_id, plan, staged)
    begun = False
    try:
        await ports.ledger.begin(intent, _claims(plan), plan.use, plan.turn)
        begun = True
    finally:
        if not begun:
            await ports.calendars.discard(home, staged)
    try:
        await ports.calendars.swap(home, intent.id, staged, plan.free)
    except (Busy, Full, EtagMismatch):
        await ports.ledger.release(intent)
        await ports.calendars.discard(home, staged)
        raise
    await ports.ledger.settle(intent)
    ports.outbox.ring()
    await _catch_up(ports, intent.settlement, plan.change.at)


def _claims(plan: Plan) -> Sequence[Claim]:
    """Return the time that is claimed; of who has it already, because only others change, nobody takes it (`forced`)."""
    change = plan.change
    if change.after.series is not None and change.before is not None:
        held = {(one.home, one.held, one.span) for one in claims_of(change.before)}
        found = claims_of(change.after, by_guest=not plan.forced)
        return [replace(o, by_guest=o.by_guest and (o.home, o.held, o.span) not in held) for o in found]
    if change.action is not Action.REASSIGN or change.before is None:
        return claims_of(change.after, by_guest=not plan.forced)
    has = change.before.homes
    return [replace(one, by_guest=one.by_guest and one.home not in has) for one in claims_of(change.after)]


async def _catch_up(ports: Ports, done: Settlement, now: datetime) -> None:
    """Follow a calendar client that wrote between swap and settle, of whom the feed told when it was too early."""
    if done.status not in ACTIVE or ports.calendars.find(done.home, done.uid) == (
        done.calendar,
        done.href,
        done.etag,
    ):
        return
    record = await ports.ledger.booking(done.booking)
    if record is not None:
        await reconcile(ports, record, now)


def _intent(ports: Ports, intent_id: str, plan: Plan, staged: tuple[StagedWrite, ...]) -> Intent:
    before, after, at = plan.change.before, plan.change.after, int(plan.change.at.timestamp())
    stands = next(write for write in staged if (write.calendar, write.href) == (plan.calendar, plan.href))
    settlement = Settlement(
        booking=after.id,
        number=after.number,
        home=after.home,
        uid=after.uid,
        event_type=after.event_type_id,
        calendar=plan.calendar,
        href=plan.href,
        etag=stands.new_etag,
        status=after.status,
        revision=after.revision,
        sequence=after.sequence,
        action=plan.change.action,
        actor=plan.change.actor,
        at=at,
        ends=_ends(plan.change),
        mails=mails_of(plan.change),
        starts=after.span[0],
        timed=timed(ports, after),
        co_hosts=after.co_hosts,
        unannounced=plan.change.unannounced,
        happenings=happenings(plan.change),
        team=after.team,
        attendance=after.attendance,
        person=brought(before, after),
        meetings=meetings(after),
        concerns=concern(after),
    )
    return Intent(
        intent_id, after.home, staged, settlement, None if before is None else before.revision, plan.key, at
    )


def brought(before: Booking | None, after: Booking) -> int:
    """Return the number of whom a change brings, 0 where it brings nobody."""
    if before is None:
        return after.guest.number
    there = {one.number for one in before.everybody}
    return next((one.number for one in after.everybody if one.number not in there), 0)


def _ends(change: BookingChange) -> int:
    """Return until when the mails of a change are worth sending: till the meeting is over, with two exceptions."""
    after, at = change.after, int(change.at.timestamp())
    over_at = int(after.over_at.timestamp())
    if change.action is Action.EXPIRE:
        return max(over_at, at + NEWS_S)
    if change.action is Action.CREATE and after.awaiting_address:
        return int(after.expires_at.timestamp())
    return over_at


def concern(booking: Booking) -> int | None:
    """Return the original start of the one meeting of a series that its latest change is about."""
    concerns = None if booking.series is None else booking.series.concerns
    return None if concerns is None else int(concerns.timestamp())
