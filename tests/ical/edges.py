"""Bookings at every change of the clocks in twelve zones, and what is written of each: invitation, cancellation, object."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from zoneinfo import ZoneInfo

from server.domain.booking import Actor, Booking
from server.domain.changes import cancelled
from server.domain.site import Site
from server.ical import vevent
from server.ports import Letter, MailKind, Words
from server.usecases.delivery.message import compose
from tests.review import ADA, ALICE, REVIEW

ZONES = (
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
    "Africa/Cairo", "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Chatham",
)  # fmt: skip
YEARS = range(2026, 2029)
HOUR = timedelta(hours=1)
SITE = Site(name="Daybook", base_url="https://book.example", mail_address="daybook@book.example")


@dataclass(frozen=True, slots=True)
class Written:
    """One calendar object: what it is, and when it takes place (epoch seconds)."""

    name: str
    zone: str
    text: str
    span: tuple[int, int]


@cache
def written() -> list[Written]:
    """Return the objects of all bookings of all zones, under the names of their zones."""
    return [one for zone in ZONES for booking in bookings(zone) for one in _objects(booking)]


def bookings(zone: str) -> Iterator[Booking]:
    """Return bookings before, at, over and after each change of the clocks, at the turn of each year and within it."""
    for change in changes(ZoneInfo(zone)):
        for start, end in ((-2, -1), (-1, 0), (-0.5, 0.5), (0, 1), (1, 2), (-24, -23), (23, 25)):
            yield _booking(zone, change + start * HOUR, change + end * HOUR)
    for year in YEARS:
        midnight = datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        yield _booking(zone, midnight - HOUR / 2, midnight + HOUR / 2)
        yield from (_booking(zone, at, at + HOUR) for at in (midnight + 73 * day for day in _days(1, 4)))


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return the instants at which the clocks of a zone change in these years, to the minute."""
    hour, last = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
    found = []
    while hour < last:
        if _offset(hour, zone) != _offset(hour + HOUR, zone):
            minutes = (hour + timedelta(minutes=minute) for minute in range(1, 61))
            found.append(next(at for at in minutes if _offset(at, zone) != _offset(hour, zone)))
        hour += HOUR
    return found


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _days(first: int, last: int) -> Iterator[timedelta]:
    return (timedelta(days=number) for number in range(first, last + 1))


def _booking(zone: str, start: datetime, end: datetime) -> Booking:
    return replace(REVIEW, zone=zone, start=start, end=end)


def _objects(booking: Booking) -> Iterator[Written]:
    ended = cancelled(booking, "", actor=Actor.HOST, at=booking.changed_at, sent=0).after
    texts = {
        "REQUEST": _mailed(MailKind.CONFIRMED, booking),
        "CANCEL": _mailed(MailKind.CANCELLED, ended),
        "stored": vevent.stored(booking, ALICE),
    }
    for name, text in texts.items():
        stamp = f"{booking.start:%Y-%m-%d %H:%M}Z"
        yield Written(f"{name} {booking.zone} {stamp}", booking.zone, text, booking.span)


def _mailed(kind: MailKind, booking: Booking) -> str:
    """Return the calendar object of the guest's mail, as a mail program takes it out."""
    letter = Letter(kind=kind, booking=booking, host=ALICE, attendee=ADA, actor=Actor.HOST)
    message = message_from_bytes(compose(letter, Words("S", "t", "h"), SITE).content, policy=default)
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return str(part.get_content())
