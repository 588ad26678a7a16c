"""The booking that a link opens, and what its pages have in common."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from aiohttp import web

from server.domain.booking import Attendee, Booking, Status
from server.domain.errors import Conflict, NotFound
from server.domain.series_moves import on_day
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import links, look
from server.usecases.booking.look import Looked
from server.web.guest.particulars import Particulars, of_booking
from server.web.keys import now_of, pages_of, ports_of
from server.web.reading import wording
from server.web.reading.wording import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A booking in the hands of one of its people.

    Where the page is about one meeting of a series, `looked` is that meeting alone, and `series` the whole; `path` is the
    meeting's own then, and `home` the page of the booking.
    """

    ports: Ports
    looked: Looked
    reader: Translator
    path: str
    now: datetime
    twelve: bool
    home: str
    series: Looked | None = None
    original: datetime | None = None

    @property
    def booking(self) -> Booking:
        """Return the booking as its person may see it."""
        return self.looked.seen

    @property
    def attendee(self) -> Attendee:
        """Return whose link it is."""
        return next(one for one in self.booking.attendees if one.number == self.looked.person)

    @property
    def is_companion(self) -> bool:
        """Tell whether it is somebody who was brought along."""
        return self.looked.person != look.OWNER and not self.looked.booking.is_seated

    @property
    def offer(self) -> Particulars:
        """Return what the booking is about."""
        return of_booking(self.ports, self.looked.host, self.booking, self.reader, self.looked.co_hosts)

    @property
    def has_begun(self) -> bool:
        """Tell whether the meeting, of a series the last, has begun or is over: guests no longer change it."""
        booking = self.booking
        return booking.start <= self.now if booking.series is None else not booking.coming(self.now)

    def when(self, start: datetime | None = None) -> When:
        """Return the words for the meeting's time, or for another start of it."""
        booking, begin = self.booking, start or self.booking.start
        return wording.when(
            self.reader,
            begin,
            begin + (booking.end - booking.start),
            zone=self.attendee.zone,
            host_zone=booking.zone,
            twelve=self.twelve,
        )


Find = Callable[[Ports, str], Awaitable[Looked]]


async def hold(request: web.Request, find: Find = look.by_token) -> Held:
    """Return the booking that the address opens, as its person may see it; raises NotFound, NoLongerPart or LinkReplaced."""
    ports, reader = ports_of(request), pages_of(request).reader(request)
    looked = await find(ports, request.match_info["token"])
    slug = request.match_info["slug"]
    clock = request.query.get("hour", "")
    path = f"/b/{slug}/manage/{request.match_info['token']}"
    return Held(
        ports=ports,
        looked=looked,
        reader=reader,
        path=path,
        home=path,
        now=now_of(request),
        twelve=clock == "12" if clock in {"12", "24"} else wording.counts_to_twelve(reader),
    )


async def hold_one(request: web.Request) -> Held:
    """Return what `hold` does; where the address names a day, the one meeting of the series that the rule has on it (C41).

    Raises NotFound where there is none.
    """
    held = await hold(request)
    if "date" not in request.match_info or held.looked.is_missing:
        return held
    booking, day = held.looked.booking, request.match_info["date"]
    try:
        one = on_day(booking, date.fromisoformat(day))
    except (ValueError, Conflict) as error:
        raise NotFound("There is no such page.") from error
    alone = replace(booking.alone(one), status=booking.status if one.takes_place else Status.CANCELLED)
    return replace(
        held,
        looked=replace(held.looked, present=(alone, held.looked.stored)),
        path=f"{held.path}/on/{day}",
        series=held.looked,
        original=one.original,
    )


def next_of(held: Held) -> Held:
    """Return a series as its next meeting, which all others move with; anything else as it is."""
    booking = held.looked.booking
    coming = booking.coming(held.now) if booking.series is not None else ()
    if not coming:
        return held
    alone = booking.alone(min(coming, key=lambda one: one.start))
    return replace(held, looked=replace(held.looked, present=(alone, held.looked.stored)), series=held.looked)


async def fresh_path(held: Held, booking: Booking) -> str:
    """Return the manage page's path after a change: the link that led here is dead by now (S1.43)."""
    record = await held.ports.ledger.booking(booking.id)
    if record is None:
        raise NotFound("There is no such booking.")
    return links.manage_path(held.ports, booking, record, _own_number(held, booking))


def _own_number(held: Held, booking: Booking) -> int:
    """Return whose page it is: where each has a seat of their own, that of another meeting has another number."""
    return (
        booking.guest.number
        if booking.is_seated and booking.id != held.looked.record.id
        else held.looked.person
    )
