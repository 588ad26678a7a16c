"""A decided change of an existing booking: which objects it writes, and how it is tried again when others were faster."""

from collections.abc import Callable

from server.domain.booking import Booking, BookingChange
from server.domain.errors import ChangedMeanwhile
from server.ical import vevent
from server.ports import Condition, EtagMismatch, ObjectWrite, Overtaken, Ports
from server.usecases.booking import copies, look
from server.usecases.booking.commit import Plan, carry_out
from server.usecases.booking.look import Looked

ATTEMPTS_MAX = 4


async def change(ports: Ports, looked: Looked, decide: Callable[[Looked], Plan | None]) -> Booking:
    """Carry out what `decide` makes of the booking as it is, and return what it became; None leaves it as it is.

    When a client or another change was faster, the booking is looked at and decided about again. Raises what `decide`
    does, `Taken`, `Busy` or `Full`, NotFound when the host removed the object, ChangedMeanwhile when others keep changing it.
    """
    for _ in range(ATTEMPTS_MAX):
        plan = decide(looked)
        if plan is None:
            return looked.booking
        try:
            await carry_out(ports, plan)
        except (EtagMismatch, Overtaken):
            looked = await look.by_id(ports, looked.record.id)
        else:
            return plan.change.after
    raise ChangedMeanwhile("This booking is being changed by somebody else. Please try again.")


def plan_of(
    looked: Looked, changed: BookingChange, *, free: tuple[Condition, ...] = (), forced: bool = False
) -> Plan:
    """Return the plan that writes `changed`, a change of the booking as it was looked at.

    The revision before goes to the history, unless the booking ends: it stands there itself then. `forced` is what the host
    did in the calendar, and what leaves the time as it is: whom the host has dragged over it does not refuse it.
    """
    booking, stored, after = looked.booking, looked.stored, changed.after
    history = booking.archive
    stays = after.calendar == stored.calendar
    href = stored.href if stays else look.history_href(booking.uid)
    text = (
        vevent.revised(stored.text, after, looked.host, looked.hosts)
        if after.is_active
        else vevent.ended(stored.text, after)
    )
    writes = [ObjectWrite(after.calendar, href, stored.etag if stays else None, text)]
    if after.is_active:
        kept = look.history_href(booking.uid, booking.revision)
        writes.insert(0, ObjectWrite(history, kept, None, vevent.superseded(stored.text, booking)))
    if not stays:
        writes.append(ObjectWrite(stored.calendar, stored.href, stored.etag, None))
    writes = [*copies.writes(after, looked.host, looked.co_hosts, looked.copies), *writes]
    return Plan(
        change=changed, calendar=after.calendar, href=href, writes=tuple(writes), free=free, forced=forced
    )
