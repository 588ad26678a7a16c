"""What a calendar shows of a booking: its title, its description and its people, written for the host."""

from collections.abc import Mapping, Sequence

from server.domain.booking import Attendee, Booking, Partstat
from server.domain.event_type import LocationType
from server.domain.host import Host
from server.domain.plain import line, paragraphs
from server.ical import booking_data
from server.ical.addresses import common_name, mail_address, mailto
from server.ical.scan import Component, Property, escape

WORDS = ("SUMMARY", "DESCRIPTION")


def words(booking: Booking) -> list[Property]:
    """Return title and description; neither is in any language but that of the people concerned."""
    written = [Property("SUMMARY", escape(summary(booking)))]
    description = _description(booking)
    return [*written, Property("DESCRIPTION", escape(description))] if description else written


def summary(booking: Booking) -> str:
    """Return what a booking is called in its host's calendar: by who booked, or by how many seats are taken."""
    if booking.is_seated:
        waits = f" (+{len(booking.waiting)})" if booking.waiting else ""
        return f"{line(booking.title)} – {len(booking.attendees)}/{booking.seats}{waits}"
    return " – ".join(filter(None, (line(booking.title), line(booking.guest.name))))


def _description(booking: Booking) -> str:
    people = "\n".join(f"{line(person.name)} <{line(person.email)}>".strip() for person in booking.attendees)
    parts = (
        people,
        *(_written_by(person) for person in booking.attendees if person.answers or person.notes),
        "\n".join(f"+ {line(one.person.name)} <{line(one.person.email)}>" for one in booking.waiting),
        said(booking),
        paragraphs(booking.notes).strip(),
        paragraphs(booking.description).strip(),
    )
    return "\n\n".join(filter(None, parts))


def said(booking: Booking) -> str:
    """Return the answers of a booking, a line each."""
    return "\n".join(paragraphs(answer.line).strip() for answer in booking.answers)


def _written_by(person: Attendee) -> str:
    """Return what somebody wrote who has booked a seat."""
    answers = (paragraphs(answer.line).strip() for answer in person.answers)
    return "\n".join(filter(None, (f"{line(person.name)}:", *answers, paragraphs(person.notes).strip())))


def conference(booking: Booking) -> list[Property]:
    """Return how to join a meeting that is an address (RFC 7986 §5.11)."""
    url = conference_url(booking)
    if url is None:
        return []
    return [
        Property("CONFERENCE", url, {name: (value,) for name, value in conference_params(booking).items()})
    ]


def conference_params(booking: Booking) -> Mapping[str, str]:
    """Return the parameters of CONFERENCE."""
    label = line(booking.title).replace('"', "'")
    return {"VALUE": "URI", "FEATURE": "VIDEO", **({"LABEL": label} if label else {})}


def conference_url(booking: Booking) -> str | None:
    """Return the address of a meeting that takes place at one, fit for a line of its own; None for any other place."""
    url = booking.location.url if booking.location.type is LocationType.LINK else None
    return url if url is not None and url.isascii() and url.isprintable() and " " not in url else None


def strange_conferences(vevent: Component, booking: Booking) -> list[Property]:
    """Return the conferences that the host's client added."""
    before = booking_data.last_written(vevent, booking.calendar)
    ours = {conference_url(one) for one in (booking, before) if one is not None}
    return [item for item in vevent.all("CONFERENCE") if item.value.strip() not in ours]


def unless_reworded(vevent: Component, booking: Booking) -> list[Property]:
    """Return those of the booking's words that still are in `vevent` what Daybook wrote."""
    before = booking_data.last_written(vevent, booking.calendar)
    was = {item.name: item.text() for item in words(before)} if before else {}
    shown = {name: item.text() if (item := vevent.first(name)) else "" for name in WORDS}
    return [item for item in words(booking) if same(shown[item.name], was.get(item.name, ""))]


def people(booking: Booking, host: Host, hosts: Sequence[Host] = ()) -> list[Property]:
    """Return organizer and attendees, for whom Daybook mails and nobody else (RFC 6638 §7.1).

    In `host`'s calendar, that is; of several `hosts` the first organizes, and the others attend (C22).
    """
    if not host.attendees_in_calendar:
        return []
    ours = {"SCHEDULE-AGENT": ("CLIENT",)}
    first, *others = hosts or (host,)
    organizer = Property("ORGANIZER", mailto(first.email), {**common_name(first.name), **ours})
    attendees = [
        Property(
            "ATTENDEE",
            mailto(other.email),
            {
                **common_name(other.name),
                "CUTYPE": ("INDIVIDUAL",),
                "ROLE": ("REQ-PARTICIPANT",),
                "PARTSTAT": (Partstat.ACCEPTED.value,),
                **ours,
            },
        )
        for other in others
    ]
    attendees += [
        Property(
            "ATTENDEE",
            mailto(person.email),
            {
                **common_name(person.name),
                "CUTYPE": ("INDIVIDUAL",),
                "ROLE": ("REQ-PARTICIPANT",),
                "PARTSTAT": (person.partstat.value,),
                **ours,
            },
        )
        for person in booking.attendees
    ]
    # Thunderbird mails invitations of its own where this says TRUE, and offers to where it is absent.
    return [organizer, *attendees, Property("X-MOZ-SEND-INVITATIONS", "FALSE")]


def strangers(vevent: Component, booking: Booking, hosts: Sequence[Host]) -> list[Property]:
    """Return the attendees that a host invited himself."""
    before = booking_data.last_written(vevent, booking.calendar)
    known = {person.email.lower() for person in (*booking.attendees, *(before.attendees if before else ()))}
    known |= {address.lower() for host in hosts for address in host.addresses}
    return [item for item in vevent.all("ATTENDEE") if mail_address(item.value) not in known]


def same(shown: str, written: str) -> bool:
    """Tell whether a calendar shows what was written, white space aside."""
    return shown.split() == paragraphs(written).split()
