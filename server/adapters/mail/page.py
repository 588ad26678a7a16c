"""What the templates of mails are given: every fact of a letter as its reader writes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from server.adapters.mail.seat import seat_part
from server.adapters.mail.series_page import SeriesPart, before_of, focus_of, series_part
from server.domain.booking import Actor, Booking, Status
from server.domain.event_type import LocationType
from server.domain.plain import line, paragraphs
from server.domain.questions import Answer
from server.domain.site import Site
from server.i18n.translator import Translator
from server.ports import HOST_RECIPIENT, Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A meeting's time in one zone: `day` with its weekday, `short_day` for subjects."""

    day: str
    short_day: str
    hours: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One mail. `by` is who changed the booking: "reader", "other" (named by `by_name`) or "nobody" in particular.

    `guest` is with whom hosts meet, `notes_by` whose notes they read; where each guest has a seat of their own, `seats` tells
    hosts how many are taken. Who waits for one may leave, and take one that is held until `held_until`. `soon` tells how far ahead the meeting is, in a reminder. `company` is who else comes, as the reader may know them, `about` who
    joined or left. A companion was brought along, and can do nothing but leave. For a co-host `organizer` is who answers, moves and cancels.
    Where another host took the meeting over, `handed_by` is who had it and `handed_to` who has it; `is_waiting` until that one answers.
    """

    id: str
    language: str
    direction: str
    for_host: bool
    title: str
    host: str
    host_email: str
    guests: tuple[tuple[str, str], ...]
    when: Moment
    guest_when: Moment | None
    was: Moment | None
    place: str
    place_url: str | None
    notes: str
    answers: tuple[tuple[str, str], ...]
    description: str
    reason: str
    by: str
    by_name: str
    manage_url: str | None
    cancel_url: str | None
    reschedule_url: str | None
    book_again_url: str | None
    approve_url: str | None
    verify_url: str | None
    decline_url: str | None
    answer_by: str | None
    is_hidden: bool
    soon: str | None
    is_companion: bool
    company: tuple[str, ...]
    about: str
    leave_url: str | None
    organizer: str
    is_waiting: bool
    handed_by: str
    handed_to: str
    series: SeriesPart | None
    guest: str
    notes_by: str
    seats: str
    held_until: str | None
    seat_url: str | None


class _Links(TypedDict):
    manage_url: str | None
    cancel_url: str | None
    reschedule_url: str | None
    leave_url: str | None
    seat_url: str | None
    approve_url: str | None
    decline_url: str | None
    verify_url: str | None
    book_again_url: str | None


def page_of(letter: Letter, speaks: Translator, zone: str, site: Site) -> Page:
    """Return the page of `letter` for a reader who speaks so and lives in `zone`."""
    booking, host = letter.booking, letter.host
    is_host = letter.attendee is None
    guest_zone = booking.guest.zone
    by, by_name = _by(letter)
    is_companion = letter.attendee is not None and letter.attendee.number != booking.guest.number
    handed_by, handed_to = letter.handed or ("", "")
    shown, before, series = focus_of(letter), before_of(letter), series_part(letter, speaks, zone)
    is_elsewhere = is_host and guest_zone != zone and series is None and not booking.is_seated
    seat = seat_part(letter, speaks)
    until = None if is_host or not booking.waiting else booking.waiting[0].held_until
    held = None if until is None else _instant(until, speaks, zone)
    return Page(
        id=booking.id,
        language=speaks.language,
        direction=speaks.direction,
        for_host=is_host,
        title=line(booking.title),
        host=", ".join(line(one.name) for one in (host, *letter.co_hosts)),
        organizer="" if letter.co_host is None else line(host.name),
        host_email=line(host.email),
        guests=tuple((line(guest.name or guest.email), line(guest.email)) for guest in booking.attendees),
        when=_moment(shown, speaks, zone),
        guest_when=_moment(shown, speaks, guest_zone) if is_elsewhere else None,
        was=None if before is None else _moment(before, speaks, zone),
        place=_place(booking, speaks),
        place_url=booking.location.url,
        notes=paragraphs(seat.notes).strip(),
        answers=_answers(letter, seat.answers),
        description=paragraphs(booking.description).strip(),
        # Why it was moved weeks ago is not what a reminder is about.
        reason="" if letter.due is not None else paragraphs(shown.reason).strip(),
        by=by,
        by_name=by_name,
        is_companion=is_companion,
        company=_company(letter),
        about="" if letter.about is None else line(letter.about.name or letter.about.email),
        guest=seat.guest,
        notes_by=seat.notes_by,
        seats=seat.count,
        held_until=held,
        is_waiting=booking.status is Status.PENDING,
        handed_by=line(handed_by),
        handed_to=line(handed_to),
        series=series,
        answer_by=(held if letter.verify else None) or _answer_by(booking, speaks, zone),
        is_hidden=booking.is_hidden,
        soon=None if letter.due is None else speaks.soon(shown.start, letter.due, zone),
        **_links(letter, site, is_companion=is_companion, is_held=held is not None),
    )


def _links(letter: Letter, site: Site, *, is_companion: bool, is_held: bool) -> _Links:
    """Return where the reader goes to act: guests to their own page of the booking, hosts to answer."""
    booking, link = letter.booking, letter.link
    approve_url, decline_url = letter.answer or (None, None)
    may_book = letter.attendee is not None and letter.may_book_again
    return _Links(
        manage_url=link,
        cancel_url=link and f"{link}/cancel",
        reschedule_url=link and f"{link}/reschedule",
        leave_url=f"{link}/leave" if link and (is_companion or booking.waiting) else None,
        seat_url=f"{link}/seat" if link and is_held else None,
        approve_url=approve_url,
        decline_url=decline_url,
        verify_url=letter.verify,
        book_again_url=site.link(*booking.page) if may_book else None,
    )


def _company(letter: Letter) -> tuple[str, ...]:
    """Return who else comes: to who booked with addresses, to those brought along by name alone."""
    reader, booking = letter.attendee, letter.booking
    if reader is None:
        return ()
    others = [one for one in booking.attendees if one.number != reader.number]
    if reader.number != booking.guest.number:
        return tuple(line(one.name) for one in others if one.name)
    return tuple(", ".join(filter(None, (line(one.name), line(one.email)))) for one in others)


def _answers(letter: Letter, answers: tuple[Answer, ...]) -> tuple[tuple[str, str], ...]:
    """Return what the guest told the host, for these two and nobody whom the guest brings along."""
    reader, booking = letter.attendee, letter.booking
    if reader is not None and reader.number != booking.guest.number:
        return ()
    return tuple((line(one.label), paragraphs(one.text).strip()) for one in answers)


def _place(booking: Booking, speaks: Translator) -> str:
    value = paragraphs(booking.location.value).strip()
    match booking.location.type:
        case LocationType.ROOM:
            return speaks.text("Video call; the link will follow.")
        case LocationType.GUEST_PHONE if value:
            return speaks.text("Phone call to %(number)s", number=value)
        case _:
            return value


def _by(letter: Letter) -> tuple[str, str]:
    """Tell who made the change, as its reader sees it; a program with a key acts for the host."""
    host, booker = line(letter.host.name), line(letter.booking.guest.name)
    match letter.actor:
        case Actor.GUEST:
            is_booker = letter.attendee is not None and letter.attendee.number == letter.booking.guest.number
            return ("reader", "") if is_booker else ("other", booker)
        case Actor.HOST | Actor.API_KEY:
            return ("reader", "") if letter.number == HOST_RECIPIENT else ("other", host)
        case Actor.SYSTEM:
            return "nobody", ""


def _answer_by(booking: Booking, speaks: Translator, zone: str) -> str | None:
    return None if booking.answer_by is None else _instant(booking.expires_at, speaks, zone)


def _instant(at: datetime, speaks: Translator, zone: str) -> str:
    return f"{speaks.day(at, zone)}, {speaks.hour(at, zone)}"


def _moment(booking: Booking, speaks: Translator, zone: str) -> Moment:
    return Moment(
        day=speaks.day(booking.start, zone),
        short_day=speaks.short_day(booking.start, zone),
        hours=speaks.hours(booking.start, booking.end, zone),
        zone=speaks.zone(booking.start, zone),
    )
