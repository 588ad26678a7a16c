"""A booking as it is wished, before anything is written; and what is written of a new one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from server.domain import companions
from server.domain.attendees import one_line
from server.domain.booking import Actor, Attendee, Booking
from server.domain.changes import created
from server.domain.choices import Chosen
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import SANDBOX, Href, calendar_path
from server.domain.invites import InviteUse
from server.domain.phones import e164
from server.domain.series import Series
from server.ical import vevent
from server.ports import ObjectWrite, Ports
from server.usecases.booking import caps, copies, groups, look, offer, remind
from server.usecases.booking.commit import Plan
from server.usecases.booking.wish import NewBooking


def draft(
    ports: Ports, wish: NewBooking, host: Host, chosen: Chosen, now: datetime, *, number: int | None = None
) -> Booking:
    """Return the booking that `wish` is for, as if it held at once; without a `number` it is given a new one."""
    event_type = chosen.event_type
    start = wish.start.astimezone(UTC)
    now = now.astimezone(UTC).replace(microsecond=0)
    guest = Attendee(
        number=look.OWNER,
        name=one_line(wish.name),
        email=wish.email.strip(),
        zone=wish.zone,
        language=wish.language,
        phone=_phone(ports, wish, event_type),
    )
    return Booking(
        id=ports.ids.booking(),
        number=ports.ledger.next_number() if number is None else number,
        uid=ports.ids.uid(),
        home=host.home,
        co_hosts=event_type.co_hosts,
        calendar=calendar_path(host.home, SANDBOX) if wish.is_test else event_type.receives(host),
        event_type_id=event_type.id,
        slug=event_type.slug,
        title=event_type.title,
        description=event_type.description,
        location=chosen.location,
        start=start,
        end=start + timedelta(minutes=event_type.duration_min),
        zone=event_type.zone_name(host),
        attendees=(guest, *_companions(wish, guest)),
        buffer_before_min=event_type.buffer_before_min,
        buffer_after_min=event_type.buffer_after_min,
        notes=wish.notes.replace("\r\n", "\n").strip(),
        answers=chosen.answers,
        created_at=now,
        changed_at=now,
        metadata=wish.metadata,
        series=_series(wish),
    )


def plan_of_new(
    ports: Ports,
    booking: Booking,
    host: Host,
    event_type: EventType,
    actor: Actor,
    key: str | None,
    use: InviteUse | None,
) -> Plan:
    """Return the plan that writes a new booking into the calendars of its hosts; guests are bound by caps."""
    href = Href(f"{booking.uid}.ics")
    others = groups.co_hosts(ports, event_type.co_hosts)
    return Plan(
        change=created(booking, actor),
        calendar=booking.calendar,
        href=href,
        writes=(
            *copies.writes(booking, host, others, {}),
            ObjectWrite(booking.calendar, href, None, vevent.stored(booking, host, (host, *others))),
        ),
        free=(
            *offer.must_all_be_free(ports, host, event_type, booking),
            *(() if actor is Actor.HOST else caps.must_fit(ports, host, event_type, booking)),
        ),
        key=key,
        use=use,
    )


def _series(wish: NewBooking) -> Series | None:
    if wish.recurring is None:
        return None
    return Series(recurrence=wish.recurring, skipped=tuple(sorted(wish.skip)))


def _companions(wish: NewBooking, booker: Attendee) -> Sequence[Attendee]:
    return [
        companions.attendee(one, number, booker) for number, one in enumerate(wish.guests, look.OWNER + 1)
    ]


def _phone(ports: Ports, wish: NewBooking, event_type: EventType) -> str:
    """Return the number in E.164 form; what nothing needs is not kept."""
    return (e164(wish.phone.strip()) or "") if remind.asks_for_phone(ports, event_type) else ""
