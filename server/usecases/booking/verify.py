"""A guest proves that the mail address they gave is theirs; only then does anybody else hear of the booking."""

from datetime import datetime, timedelta

from server.domain.booking import Actor, Booking
from server.domain.changes import verified
from server.domain.errors import Conflict, SlotUnavailable, Unavailable
from server.domain.event_type import EventType
from server.domain.guards import mailbox
from server.domain.slots import Refusal
from server.ports import Busy, Ports, Taken
from server.usecases.booking import offer
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked
from server.usecases.booking.terms import terms
from server.usecases.room.open import with_room


def must_prove(ports: Ports, event_type: EventType, booking: Booking, actor: Actor, *, asked: bool) -> bool:
    """Tell whether the guest of a new booking has to prove their address: strangers do, where it is `asked` for.

    Whoever was invited under this address has it. Raises Unavailable where no mail with a link can leave.
    """
    if actor is not Actor.GUEST or not (asked or event_type.confirm_address):
        return False
    invite = None if booking.invite is None else ports.homes.invite(booking.invite)
    if invite is not None and invite.email and mailbox(invite.email) == mailbox(booking.guest.email):
        return False
    if not can_ask(ports):
        raise Unavailable(
            "Your mail address has to be confirmed first, and no mail can leave here at present."
        )
    return True


def can_ask(ports: Ports) -> bool:
    """Tell whether a mail with a link can leave."""
    return ports.mailer.is_configured and ports.site.base_url is not None


def until(ports: Ports, now: datetime) -> datetime:
    """Return how long the time is held for who has yet to prove their address."""
    return now + timedelta(minutes=ports.guards.hold_min)


async def verify(ports: Ports, looked: Looked, now: datetime) -> Booking:
    """Book, or lay before the host, what waited for its guest's address; what waits no longer is returned as it is.

    Raises Conflict when it is too late, SlotUnavailable when the host took the time meanwhile, NotFound, ChangedMeanwhile.
    """
    place = looked.booking.location
    if looked.booking.awaiting_address and looked.event_type is not None and looked.booking.expires_at > now:
        place = (await with_room(ports, looked.booking, looked.event_type, looked.host, now)).location

    def decide(seen: Looked) -> Plan | None:
        booking, event_type, at = seen.booking, seen.event_type, now.replace(microsecond=0)
        if not booking.awaiting_address or not booking.is_active:
            return None
        if booking.expires_at <= now or event_type is None:
            raise Conflict("It is too late to confirm this. Please book again.")
        asks = terms(seen.host, event_type, at) if event_type.requires_confirmation else None
        sent, calendar = seen.record.sent_sequence, event_type.receives(seen.host)
        made = verified(booking, asks, place, at=at, sent=sent, calendar=calendar)
        return plan_of(seen, made, free=offer.must_all_be_free(ports, seen.host, event_type, made.after))

    try:
        return await change(ports, looked, decide)
    except (Taken, Busy) as error:
        raise SlotUnavailable(
            "Somebody else has this time by now. Please choose another.", Refusal.BUSY
        ) from error
