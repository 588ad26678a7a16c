"""Finding a booking: by a capability link, or by its id for those who may see any."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.domain import tokens
from server.domain.booking import ACTIVE, Booking, Status
from server.domain.companions import as_seen_by
from server.domain.errors import ChangedMeanwhile, LinkReplaced, NoLongerPart, NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import HISTORY, BookingId, Home, Href, Uid, calendar_path, superseded_uid
from server.domain.plain import sentence
from server.domain.tokens import Claimed, Purpose
from server.ical import vevent
from server.ports import BookingRecord, Ports, StoredObject
from server.usecases.booking import groups, lineup

UNKNOWN = sentence("There is no such booking.")

OWNER = 1
"""The person number of the guest who booked."""

GUESTS = frozenset({Purpose.API, Purpose.MANAGE})
HOSTS = frozenset({Purpose.ANSWER})
UNPROVEN = frozenset({Purpose.VERIFY})

REPLACED = sentence(
    "The booking has changed since this link was sent. The latest mail has the link that works."
)

OLDER_LINKS_MAX = 50
"""How many revisions a link is compared with, to tell "replaced" from "never was"."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A booking as calendar and ledger have it now; `present` is None when the host removed it from the calendar.

    `host` organizes it. `copies` are what stands of it with the other hosts.
    """

    record: BookingRecord
    host: Host
    event_type: EventType | None
    person: int
    present: tuple[Booking, StoredObject] | None
    co_hosts: tuple[Host, ...] = ()
    copies: Mapping[Home, StoredObject] = field(default_factory=dict)

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Return all hosts, the organizer first."""
        return (self.host, *self.co_hosts)

    @property
    def is_missing(self) -> bool:
        """Tell whether a calendar client removed the booking's object, so that nothing is left to show."""
        return self.present is None

    @property
    def booking(self) -> Booking:
        """Return the booking; raises NotFound when its object is missing."""
        if self.present is None:
            raise NotFound("The host has taken this meeting out of the calendar.")
        return self.present[0]

    @property
    def seen(self) -> Booking:
        """Return the booking as the person may see it who opened it."""
        return as_seen_by(self.booking, self.person)

    @property
    def told(self) -> Booking:
        """Return the booking as its people are told of it: the SEQUENCE is Daybook's own of this revision.

        What a client makes of the number in the calendar nobody else sees; told, it would be a floor for all that is told later.
        """
        booking = self.booking
        if booking.revision != self.record.revision:
            return booking  # not settled yet, so no client's
        return replace(booking, sequence=self.record.sent_sequence)

    @property
    def is_accepted(self) -> bool:
        """Tell whether the host's calendar client calls a booking confirmed that waits for its host."""
        if self.present is None or self.present[0].status is not Status.PENDING:
            return False
        shown = vevent.read(self.stored.text, self.stored.calendar)
        # Not from a text of an earlier revision, which a client that worked offline may have forced back.
        seen = None if shown is None else (shown.status, shown.revision)
        return seen == (Status.CONFIRMED, self.record.revision)

    def refuse_other(self, revision: int) -> None:
        """Raise ChangedMeanwhile when the booking is not at `revision` any more: what was decided on was another one."""
        if self.booking.is_active and self.booking.revision != revision:
            raise ChangedMeanwhile("This booking has changed meanwhile. Please look at it once more.")

    @property
    def stored(self) -> StoredObject:
        """Return the calendar object the booking was read from; raises NotFound when it is missing."""
        if self.present is None:
            raise NotFound("The host has taken this meeting out of the calendar.")
        return self.present[1]


async def by_token(ports: Ports, token: str) -> Looked:
    """Return the booking that a guest's `token` opens; raises NotFound, or LinkReplaced for a link of an earlier revision.

    Who was taken off the booking gets NoLongerPart.
    """
    looked = await _by_token(ports, token, GUESTS)
    if looked.present is not None and all(one.number != looked.person for one in looked.booking.everybody):
        raise NoLongerPart("You no longer take part in this meeting.")
    return looked


async def by_host_token(ports: Ports, token: str) -> Looked:
    """Return the booking that the `token` of an approval request opens, as `by_token` does."""
    return await _by_token(ports, token, HOSTS)


async def by_address_token(ports: Ports, token: str) -> Looked:
    """Return the booking for which the `token` of a mail proves an address; also when that was done before."""
    return await _by_token(ports, token, UNPROVEN)


async def _by_token(ports: Ports, token: str, purposes: frozenset[Purpose]) -> Looked:
    claimed = tokens.read(token)
    if claimed is not None and claimed.purpose not in purposes:
        claimed = None
    record = await ports.ledger.booking(claimed.booking) if claimed else None
    if claimed is None or record is None:
        raise NotFound("This link does not lead to a booking.")
    _prove(ports, claimed, record)
    return await _look(ports, record, claimed.person)


async def by_id(ports: Ports, id_: BookingId) -> Looked:
    """Return a booking by its id, for callers that may see it; raises NotFound."""
    return await by_record(ports, await record(ports, id_))


async def record(ports: Ports, id_: BookingId) -> BookingRecord:
    """Return what the ledger knows of a booking, for callers that need no more; raises NotFound."""
    found = await ports.ledger.booking(id_)
    if found is None:
        raise NotFound(UNKNOWN)
    return found


async def by_record(ports: Ports, record: BookingRecord) -> Looked:
    """Return the booking of a record that was just read, for callers that may see it; raises NotFound without its host."""
    return await _look(ports, record, OWNER)


def history_href(uid: Uid, revision: int | None = None) -> Href:
    """Return where the history keeps an ended booking, or one superseded revision of it."""
    return Href(f"{uid if revision is None else superseded_uid(uid, revision)}.ics")


def booking_in(stored: StoredObject, record: BookingRecord) -> Booking | None:
    """Return the booking that `stored` holds; None when it holds none, or not the one on record.

    A calendar client writes what it likes, another host's booking id too: which booking an object is, the ledger says.
    """
    booking = vevent.read(stored.text, stored.calendar)
    if booking is None or (booking.id, booking.uid) != (record.id, record.uid):
        return None
    # A client that worked offline may have forced an earlier revision's text over the present one.
    # So whose it is, and who else hosts it, is not for the owner of a calendar to say.
    revision = max(booking.revision, record.revision)
    booking = replace(
        booking,
        revision=revision,
        last_note=booking.last_note + revision - booking.revision,  # each since may have brought a note
        home=record.home,
        co_hosts=record.co_hosts,
        team=record.team,
    )
    if booking.revision > record.revision:
        return booking
    if booking.attendance != tuple(record.attendance.items()):
        booking = _who_came(booking, record)
    if not booking.is_active or record.status not in ACTIVE:
        return booking
    return _in_state(booking, record.status)


def _who_came(booking: Booking, record: BookingRecord) -> Booking:
    """Return the booking with the word of the ledger for who came: an earlier text may have been put back."""
    said = record.attendance
    attendees = (replace(one, attendance=said.get(one.number)) for one in booking.attendees)
    return replace(booking, attendees=tuple(attendees))


def _in_state(booking: Booking, status: Status) -> Booking:
    """Return the booking in the state on record: a client's word for it confirms nothing before all are mailed (`accept`)."""
    if booking.status is Status.PENDING and status is Status.CONFIRMED:
        return replace(booking, status=status, agreed=None, answer_by=None, is_invited=True)
    return replace(booking, status=status)


def _prove(ports: Ports, claimed: Claimed, record: BookingRecord) -> None:
    def opens(revision: int) -> bool:
        generation = record.generation(claimed.person)
        return tokens.proves(claimed, ports.secret_key, generation=generation, revision=revision)

    is_answer = claimed.purpose is Purpose.ANSWER
    revisions = record.answer_revisions if is_answer else record.link_revisions
    *earlier, present = revisions[-OLDER_LINKS_MAX:]
    if opens(present):
        return
    if record.status not in ACTIVE and earlier and opens(earlier[-1]):
        # Nothing can be changed any more, and "it was cancelled" is what the reader of the last mail wants to know (C7).
        return
    opened = None if claimed.purpose is Purpose.API else next(filter(opens, reversed(earlier)), None)
    is_older = opened is not None
    is_former = is_answer and opened is not None and any(one > opened for one in record.handed_on)
    if is_older and is_answer and record.status is not Status.PENDING and not is_former:
        return  # it was answered, and the page says how
    if is_older and claimed.purpose is Purpose.VERIFY:
        return  # likewise
    if is_older:
        raise LinkReplaced(REPLACED)
    raise NotFound("This link does not lead to a booking.")


async def _look(ports: Ports, record: BookingRecord, person: int) -> Looked:
    host = ports.homes.host(record.home)
    if host is None:
        raise NotFound(UNKNOWN)
    present = await _present(ports, record)
    event_type = ports.homes.event_type_by_id(record.event_type)
    if event_type is not None and event_type.is_team:
        event_type = lineup.booked(ports, event_type, (record.home, *record.co_hosts))
    if not record.co_hosts:
        return Looked(record, host, event_type, person, present)
    others = groups.co_hosts(ports, record.co_hosts)
    if event_type is not None and not event_type.is_team:
        event_type = groups.together(event_type, (host, *others))
    return Looked(record, host, event_type, person, present, others, await _copies(ports, record, others))


async def _copies(
    ports: Ports, record: BookingRecord, others: tuple[Host, ...]
) -> Mapping[Home, StoredObject]:
    copies = {}
    for other in others:
        place = ports.calendars.find(other.home, record.uid)
        stored = None if place is None else await ports.calendars.get(place[0], place[1])
        if stored is not None:
            copies[other.home] = stored
    return copies


async def _present(ports: Ports, record: BookingRecord) -> tuple[Booking, StoredObject] | None:
    stored = await ports.calendars.get(record.calendar, record.href)
    if stored is None and record.status in ACTIVE:
        stored = await _elsewhere(ports, record)
    if stored is None:
        return None
    booking = booking_in(stored, record)
    return None if booking is None else (booking, stored)


async def _elsewhere(ports: Ports, record: BookingRecord) -> StoredObject | None:
    """Return the object where a client moved it, or in the history when a cancellation is not settled yet."""
    place = ports.calendars.find(record.home, record.uid)
    stored = None if place is None else await ports.calendars.get(place[0], place[1])
    # Cancelled since it was found there, it stands in the history as well.
    return stored or await ports.calendars.get(calendar_path(record.home, HISTORY), history_href(record.uid))
