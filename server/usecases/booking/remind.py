"""What leaves a while before a booking's meeting."""

from datetime import datetime

from server.domain import reminders
from server.domain.booking import Booking, Partstat, Status
from server.domain.event_type import EventType
from server.domain.reminders import Channel
from server.ports import HOST_RECIPIENT, MailKind, Meeting, Ports, TimedMail, Timetable, co_host_recipient


def asks_for_phone(ports: Ports, event_type: EventType) -> bool:
    """Tell whether guests are asked for a number: where one of its reminders is a text message that can leave."""
    return ports.texter.is_configured and reminders.asks_for_phone(event_type.reminders)


def timed(ports: Ports, booking: Booking) -> tuple[TimedMail, ...]:
    """Return the reminders of a booking by its event type as it is now; none before the booking is confirmed."""
    event_type = ports.homes.event_type_by_id(booking.event_type_id)
    if event_type is None or booking.is_test or booking.status is not Status.CONFIRMED:
        return ()
    found = {
        TimedMail(MailKind.REMINDER, recipient, reminder.channel, reminder.minutes_before): None
        for reminder in event_type.reminders
        for recipient in (
            *(_guests(booking, reminder.channel) if reminder.to_guests else ()),
            *(_hosts(booking) if reminder.to_host else ()),
        )
    }
    return tuple(found)


def timetable(ports: Ports, booking: Booking, now: datetime) -> Timetable:
    """Return when the meeting is, as `booking` says it, and what shall leave before it from `now` on."""
    starts, ends = booking.span
    return Timetable(
        int(now.timestamp()),
        starts,
        ends if booking.is_active else None,
        timed(ports, booking),
        meetings(booking),
    )


def meetings(booking: Booking) -> tuple[Meeting, ...] | None:
    """Return what takes place of a series; None for what is no series."""
    if booking.series is None:
        return None
    if not booking.is_active:
        return ()
    return tuple(Meeting(int(one.original.timestamp()), *one.span) for one in booking.meetings)


def _hosts(booking: Booking) -> tuple[int, ...]:
    return (HOST_RECIPIENT, *(co_host_recipient(at) for at in range(len(booking.co_hosts))))


def _guests(booking: Booking, channel: Channel) -> tuple[int, ...]:
    """Return those who come, as far as they can be reached so."""
    coming = (guest for guest in booking.attendees if guest.partstat is not Partstat.DECLINED)
    return tuple(guest.number for guest in coming if guest.phone or channel is not Channel.SMS)
