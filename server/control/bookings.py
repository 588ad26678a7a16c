"""Commands about bookings; who gives them acts as the host (C1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from server.control import texts
from server.control.acting import ActingCommand, booking, may_edit, refuse_home, who
from server.control.series import Repeat, cancel_some, occurrence_on, recurrence, skipped
from server.control.views import BookingDetails, BookingView, MailView, TrailView
from server.domain.booking import Actor, Booking
from server.domain.choices import PlaceWish, of_duration
from server.domain.errors import Invalid, NotFound, SlotUnavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.intervals import Span
from server.domain.permissions import Permission, authorise, may
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import (
    cancel,
    caps,
    companions,
    confirm,
    create,
    decline,
    groups,
    keep,
    lineup,
    links,
    listing,
    look,
    offer,
    reschedule,
)
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from server.usecases.booking.move_occurrence import choices, move_occurrence
from server.usecases.booking.refuse import SENTENCES
from server.usecases.event_type.allowed import members
from server.usecases.team.find import every_home


class CreateBooking(ActingCommand, tag="booking.create", kw_only=True):
    """Book a time for a guest. `anyway` lets it lie outside what guests are offered; a busy time is always refused.

    `place` names one of several places, `place_value` says what a guest would; each answer is `ID=TEXT`. `guests` are brought
    along, each an address or `Name <address>`. `host` is the home of whom they meet, of a team. With `repeat` it is a series,
    without the days to `skip`, and with `skip_conflicts` without those that cannot be had.
    """

    home: str | None
    slug: str
    date: str
    time: str
    name: str
    email: str
    timezone: str | None = None
    notes: str = ""
    phone: str = ""
    duration_min: int | None = None
    place: str = ""
    place_value: str = ""
    answers: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    host: str = ""
    anyway: bool = False
    repeat: Repeat | None = None
    skip: tuple[str, ...] = ()
    skip_conflicts: bool = False


class ListBookings(ActingCommand, tag="booking.list", kw_only=True):
    """List bookings of a home, or of all, by view; `search` finds people, titles, places and notes."""

    home: str | None = None
    view: str = "upcoming"
    search: str = ""
    limit: int = 100


class ShowBooking(ActingCommand, tag="booking.show"):
    """Show a booking with its trail and its mails."""

    booking: str


class CancelBooking(ActingCommand, tag="booking.cancel"):
    """Cancel a booking as its host; without `notify` guests get no notice beside their calendars.

    Of a series one `occurrence` can be cancelled, by its day, or all from a day on: `from_date` (S3.32, S3.33).
    """

    booking: str
    reason: str = ""
    notify: bool = True
    occurrence: str | None = None
    from_date: str | None = None


class RescheduleBooking(ActingCommand, tag="booking.reschedule", kw_only=True):
    """Move a booking as its host; without `timezone` date and time are meant in the booking's zone.

    Without `notify` guests get no notice beside their calendars. Of a series one `occurrence` can be moved, by its day.
    """

    booking: str
    date: str
    time: str
    occurrence: str | None = None
    timezone: str | None = None
    anyway: bool = False
    notify: bool = True


class AddGuest(ActingCommand, tag="booking.add_guest"):
    """Bring somebody along to a booking, as its host; `guest` is an address or `Name <address>`."""

    booking: str
    guest: str


class RemoveGuest(ActingCommand, tag="booking.remove_guest"):
    """Take an additional guest off a booking, as its host."""

    booking: str
    email: str


class ConfirmBooking(ActingCommand, tag="booking.confirm"):
    """Approve a booking that waits, as its host."""

    booking: str


class DeclineBooking(ActingCommand, tag="booking.decline", kw_only=True):
    """Decline a booking that waits, as its host; `keep` goes back to the time that was agreed before."""

    booking: str
    reason: str = ""
    keep: bool = False


async def create_booking(ports: Ports, asked: CreateBooking) -> BookingView:
    """Book a time for a guest (S1.71)."""
    now = ports.clock.now()
    home = asked.home or asked.acting or _only_home(ports, asked.slug)
    _refuse_foreign(ports, asked, home)
    host, event_type = offer.find_unlisted(ports, home, asked.slug)
    if asked.host:
        event_type = lineup.chosen(ports, event_type, asked.host)
    event_type = of_duration(event_type, asked.duration_min)
    zone = asked.timezone or event_type.zone_name(host)
    start = texts.wall_time(asked.date, asked.time, zone)
    recurring, skip = recurrence(asked.repeat), frozenset[datetime]()
    if recurring is not None:
        skip = skipped(
            ports,
            host,
            event_type,
            start,
            recurring,
            now,
            asked.skip,
            skip_conflicts=asked.skip_conflicts,
            anyway=asked.anyway,
        )
    if not asked.anyway:
        if recurring is None:
            _refuse_unoffered(ports, host, event_type, start, now)
        if caps.full_for_guest(ports, host, event_type, _instant(start), asked.email):
            raise SlotUnavailable(
                "This guest has as many of these meetings as one person may.", Refusal.CAPPED
            )
    wish = NewBooking(
        home=home,
        slug=asked.slug,
        start=start,
        name=asked.name,
        email=asked.email,
        zone=zone,
        language=host.language,
        notes=asked.notes,
        duration_min=asked.duration_min,
        place=PlaceWish(asked.place, asked.place_value),
        answers=_answers(asked.answers),
        phone=asked.phone,
        guests=[texts.companion(text) for text in asked.guests],
        host=asked.host,
        recurring=recurring,
        skip=skip,
    )
    return BookingView.of(await create.create(ports, wish, Actor.HOST, now))


async def list_bookings(ports: Ports, asked: ListBookings) -> list[BookingView]:
    """Return bookings by start."""
    if asked.view not in listing.VIEWS:
        raise Invalid("There is no such view.", {"view": f"must be one of: {', '.join(listing.VIEWS)}"})
    acting = who(ports, asked)
    home, team = acting.home if asked.home is None else Home(asked.home), None
    if home is not None:
        refuse_home(ports, asked, home, Permission.VIEW)
        if ports.homes.team(home) is not None:
            # What colleagues hold for their team is for those to see who look after it.
            home, team = None if may(acting, Permission.VIEW, home) else acting.home, home
    wanted = listing.Wanted(home=home, team=team, view=asked.view, search=asked.search, limit=asked.limit)
    return [BookingView.of(one) for one in await listing.bookings(ports, wanted, ports.clock.now())]


async def show_booking(ports: Ports, asked: ShowBooking) -> BookingDetails:
    """Return a booking with its trail and its mails."""
    looked = await booking(ports, asked, asked.booking, Permission.VIEW)
    record, found = looked.record, None if looked.is_missing else looked.booking
    # Where each guest has a seat of their own no link is that of the booking.
    may_manage = found is not None and not found.is_seated and may_edit(ports, asked, looked)
    return BookingDetails(
        id=record.id,
        status=record.status.value,
        booking=None if found is None else BookingView.of(found),
        manage=_manage(ports, looked) if may_manage else None,
        trail=[TrailView.of(entry) for entry in await ports.ledger.trail(record.id)],
        mails=[MailView.of(mail) for mail in await ports.ledger.mails(booking=record.id)],
    )


async def cancel_booking(ports: Ports, asked: CancelBooking) -> BookingView:
    """Cancel a booking as its host."""
    looked = await booking(ports, asked, asked.booking, Permission.DELETE)
    if asked.occurrence is not None or asked.from_date is not None:
        ended = await cancel_some(
            ports, looked, asked.occurrence, asked.from_date, asked.reason, notify=asked.notify
        )
    else:
        now = ports.clock.now()
        ended = await cancel.cancel(ports, looked, asked.reason, Actor.HOST, now, notify=asked.notify)
    return BookingView.of(ended)


async def confirm_booking(ports: Ports, asked: ConfirmBooking) -> BookingView:
    """Approve a booking as its host (S1.21)."""
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    return BookingView.of(await confirm.confirm(ports, looked, Actor.HOST, ports.clock.now()))


async def decline_booking(ports: Ports, asked: DeclineBooking) -> BookingView:
    """Decline a booking as its host (S1.22), or only the other time that was asked for."""
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    answer = keep.keep if asked.keep else decline.decline
    return BookingView.of(await answer(ports, looked, asked.reason, Actor.HOST, ports.clock.now()))


async def reschedule_booking(ports: Ports, asked: RescheduleBooking) -> BookingView:
    """Move a booking as its host."""
    now = ports.clock.now()
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    start = texts.wall_time(asked.date, asked.time, asked.timezone or looked.booking.zone)
    if asked.occurrence is not None:
        return await _move_one(ports, looked, asked.occurrence, start, asked)
    if not asked.anyway and looked.event_type is not None and start != looked.booking.start:
        _refuse_unoffered(ports, looked.host, looked.event_type, start, now, looked.booking)
    moved = await reschedule.reschedule(ports, looked, start, Actor.HOST, now, notify=asked.notify)
    return BookingView.of(moved)


async def _move_one(
    ports: Ports, looked: Looked, day: str, start: datetime, asked: RescheduleBooking
) -> BookingView:
    """Move one meeting of a series."""
    now, one = ports.clock.now(), occurrence_on(looked.booking, day)
    if not asked.anyway and looked.event_type is not None and start != one.start:
        kind, alone = choices(looked.event_type, one, now), looked.booking.alone(one)
        _refuse_unoffered(ports, looked.host, kind, start, now, alone)
    moved = await move_occurrence(ports, looked, one.original, start, Actor.HOST, now, notify=asked.notify)
    return BookingView.of(moved)


async def add_guest(ports: Ports, asked: AddGuest) -> BookingView:
    """Bring somebody along to a booking."""
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    guest = texts.companion(asked.guest)
    return BookingView.of(await companions.bring(ports, looked, guest, Actor.HOST, ports.clock.now()))


async def remove_guest(ports: Ports, asked: RemoveGuest) -> BookingView:
    """Take an additional guest off a booking; raises NotFound when it has none with that address."""
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    wanted = texts.companion(asked.email).email.casefold()
    among = looked.booking.everybody if looked.booking.is_seated else looked.booking.companions
    found = (one.number for one in among if one.email.casefold() == wanted)
    person = next(found, 0)
    return BookingView.of(await companions.take_off(ports, looked, person, Actor.HOST, ports.clock.now()))


def _answers(given: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return answers by question; several for one question are several options."""
    found: dict[str, list[str]] = {}
    for text in given:
        id_, is_said, value = text.partition("=")
        if not is_said:
            raise Invalid("An answer cannot be read.", {"answers": f"“{text}” is none: write it as ID=TEXT"})
        found.setdefault(id_.strip(), []).append(value)
    return found


def _refuse_foreign(ports: Ports, asked: CreateBooking, name: str) -> None:
    """Raise NotFound, as for what nobody offers, where another host than who acts is the first one of `name`."""
    owner = Home(name.partition(groups.JOINT)[0])
    unknown = NotFound(offer.NOTHING)
    authorise(who(ports, asked), Permission.EDIT, owner, members(ports, owner), unknown=unknown)


def _instant(start: datetime) -> Span:
    at = int(start.timestamp())
    return at, at + 1


def _refuse_unoffered(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: datetime,
    now: datetime,
    without: Booking | None = None,
) -> None:
    """Raise SlotUnavailable for a start that a guest could not choose but a host may, once asked (C36)."""
    at, present = int(start.timestamp()), int(now.timestamp())
    reason = offer.refusal(ports, host, event_type, at, present, without=without)
    if reason is None or reason is Refusal.BUSY or start < now + timedelta(seconds=1):
        return
    free = offer.nearest(ports, host, event_type, at, present, without=without)
    raise SlotUnavailable(SENTENCES[reason], reason, free)


def _manage(ports: Ports, looked: Looked) -> str:
    link = links.manage_link(ports, looked.booking, looked.record, look.OWNER)
    return link or links.manage_path(ports, looked.booking, looked.record, look.OWNER)


def _only_home(ports: Ports, slug: str) -> str:
    homes = [home for home in every_home(ports) if ports.homes.event_type(home, slug) is not None]
    if not homes:
        raise NotFound(f"There is no event type {slug}.")
    if len(homes) > 1:
        several = ", ".join(f"{home}/{slug}" for home in homes)
        raise Invalid("Several hosts or teams have this event type.", {"slug": f"must be one of: {several}"})
    return homes[0]
