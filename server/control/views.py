"""What commands answer: plain values that JSON can carry, with instants as RFC 3339 text in UTC."""

from datetime import UTC, datetime
from typing import Self

import msgspec

from server.control.series import OccurrenceView, RepeatView, occurrences_of, repeat_of
from server.control.texts import location_text
from server.domain.away import Away
from server.domain.booking import Attendee, Booking, Status, Waiter
from server.domain.host import Host
from server.domain.hours import DateOverride, format_hours, format_windows
from server.ports import AuditEntry, Ports, QueuedMail


class HostView(msgspec.Struct, kw_only=True):
    """A host as operators see it; `holidays` is how many days are closed by lists of them, `teams` are those they belong to."""

    home: str
    name: str
    email: str
    other_addresses: list[str]
    zone: str
    language: str
    about: str
    hours: str
    overrides: list[str]
    holidays: int
    away: list[str]
    blocking: list[str] | None
    receiving: str
    attendees_in_calendar: bool
    freebusy_public: bool
    groups_allowed: bool
    dav_password: bool
    blocked: list[str]
    teams: list[str]
    disabled: bool
    page: str

    @classmethod
    def of(cls, ports: Ports, host: Host) -> Self:
        """Return the view of a host."""
        return cls(
            home=host.home,
            name=host.name,
            email=host.email,
            other_addresses=list(host.other_addresses),
            zone=host.zone,
            language=host.language,
            about=host.about,
            hours=format_hours(host.hours),
            overrides=[override_text(override) for override in host.overrides if not override.reason],
            holidays=sum(bool(override.reason) for override in host.overrides),
            away=[away_text(one) for one in host.away],
            blocking=None if host.blocking is None else list(host.blocking),
            receiving=host.receiving,
            attendees_in_calendar=host.attendees_in_calendar,
            freebusy_public=host.freebusy_public,
            groups_allowed=host.groups_allowed,
            dav_password=host.dav_password,
            blocked=list(host.blocked),
            teams=[team.home for team in ports.homes.teams_of(host.home)],
            disabled=host.disabled,
            page=ports.site.link("u", host.home) or f"/u/{host.home}",
        )


class HostWithPassword(msgspec.Struct):
    """A host and a password in clear; `generated` tells that nobody knows it yet."""

    host: HostView
    password: str
    generated: bool


class FeedLinksView(msgspec.Struct):
    """The secret addresses of a host's feeds."""

    freebusy: str
    bookings: str


class AnswerView(msgspec.Struct):
    """What a guest answered to a question."""

    id: str
    label: str
    values: list[str]


class GuestView(msgspec.Struct):
    """Somebody whom the guest of a booking brings along."""

    name: str
    email: str


class SeatView(msgspec.Struct, kw_only=True):
    """Somebody who has a seat, and what they wrote; `answer` is their PARTSTAT."""

    number: int
    name: str
    email: str
    zone: str
    answer: str
    phone: str
    notes: str
    answers: list[AnswerView]

    @classmethod
    def of(cls, person: Attendee) -> Self:
        """Return the view of somebody who has a seat."""
        return cls(
            number=person.number,
            name=person.name,
            email=person.email,
            zone=person.zone,
            answer=person.partstat.value.lower(),
            phone=person.phone,
            notes=person.notes,
            answers=[AnswerView(one.id, one.label, list(one.values)) for one in person.answers],
        )


class WaiterView(msgspec.Struct, kw_only=True):
    """Somebody who waits for a seat, in their order; one is theirs to take until `held_until`."""

    number: int
    name: str
    email: str
    since: str
    held_until: str | None
    unproven: bool

    @classmethod
    def of(cls, waiter: Waiter) -> Self:
        """Return the view of somebody who waits."""
        return cls(
            number=waiter.person.number,
            name=waiter.person.name,
            email=waiter.person.email,
            since=_text(waiter.since),
            held_until=None if waiter.held_until is None else _text(waiter.held_until),
            unproven=waiter.is_unproven,
        )


class BookingView(msgspec.Struct, kw_only=True):
    """A booking as operators see it.

    While it waits for its host, `answer_by` says until when, and `agreed_start` what was confirmed before. `team` is the one
    whose meeting it is.
    """

    id: str
    home: str
    co_hosts: list[str]
    team: str | None
    slug: str
    title: str
    status: str
    start: str
    end: str
    zone: str
    name: str
    email: str
    guest_zone: str
    guests: list[GuestView]
    notes: str
    location: str
    answers: list[AnswerView]
    calendar: str
    revision: int
    reason: str
    answer_by: str | None
    agreed_start: str | None
    repeat: RepeatView | None
    occurrences: list[OccurrenceView]
    seats: int
    seated: list[SeatView]
    waiting: list[WaiterView]

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """Return the view of a booking."""
        return cls(
            id=booking.id,
            home=booking.home,
            co_hosts=list(booking.co_hosts),
            team=booking.team,
            slug=booking.slug,
            title=booking.title,
            status=booking.status.value,
            start=_text(booking.start),
            end=_text(booking.end),
            zone=booking.zone,
            name=booking.guest.name,
            email=booking.guest.email,
            guest_zone=booking.guest.zone,
            guests=[GuestView(one.name, one.email) for one in booking.companions],
            notes=booking.notes,
            location=booking.location.value or location_text(booking.location),
            answers=[AnswerView(one.id, one.label, list(one.values)) for one in booking.answers],
            calendar=booking.calendar,
            revision=booking.revision,
            reason=booking.reason,
            answer_by=_text(booking.expires_at) if booking.status is Status.PENDING else None,
            agreed_start=None if booking.agreed is None else _text(booking.agreed[0]),
            repeat=repeat_of(booking),
            occurrences=occurrences_of(booking),
            seats=booking.seats,
            seated=[SeatView.of(one) for one in booking.attendees] if booking.is_seated else [],
            waiting=[WaiterView.of(one) for one in booking.waiting],
        )


class TrailView(msgspec.Struct):
    """One line of a booking's trail: `home` is whose it was from then on, `happenings` is what it is called outside.

    `unannounced` means that guests got no notice.
    """

    at: str
    action: str
    actor: str
    revision: int
    unannounced: bool
    happenings: list[str]
    home: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return the view of a line."""
        return cls(
            at=instant(entry.at),
            action=entry.action.value,
            actor=entry.actor.value,
            revision=entry.revision,
            unannounced=entry.unannounced,
            happenings=[happening.value for happening in entry.happenings],
            home=entry.home,
        )


class MailView(msgspec.Struct, kw_only=True):
    """A mail of the outbox; the recipient is a number, because the outbox knows no address: 0 is the host.

    One that leaves before the meeting has `offset_min`, the minutes between; that of an invite is about no booking.
    """

    id: int
    booking: str
    kind: str
    recipient: int
    state: str
    attempts: int
    due: str
    expires: str
    error: str | None
    channel: str
    offset_min: int | None
    invite: str | None

    @classmethod
    def of(cls, mail: QueuedMail) -> Self:
        """Return the view of a mail."""
        return cls(
            id=mail.id,
            booking=mail.booking,
            kind=mail.kind.value,
            recipient=mail.recipient,
            state=mail.state.value,
            attempts=mail.attempts,
            due=instant(mail.due_at),
            expires=instant(mail.expires_at),
            error=mail.error,
            channel=mail.channel.value,
            offset_min=mail.offset_min,
            invite=mail.invite,
        )


class BookingDetails(msgspec.Struct):
    """A booking with its trail, its mails and the guest's manage page; `booking` is None when the host removed it."""

    id: str
    status: str
    booking: BookingView | None
    manage: str | None
    trail: list[TrailView]
    mails: list[MailView]


def instant(at: int) -> str:
    """Return an instant (epoch seconds) as RFC 3339 text in UTC."""
    return _text(datetime.fromtimestamp(at, UTC))


def override_text(override: DateOverride) -> str:
    """Return the text that `shapes.override` reads as this override."""
    return f"{override.day.isoformat()} {format_windows(override.windows) or 'closed'}"


def away_text(away: Away) -> str:
    """Return the dates of a range, and who stands in."""
    dates = f"{away.first.isoformat()} to {away.last.isoformat()}"
    return f"{dates} ({away.deputy} stands in)" if away.deputy else dates


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
