"""The additional guests of a booking: those whom the one who booked brings along.

They are attendees like any other, with a mail, an invitation and a link of their own. What the one who booked told the
host is between these two, and companions see one another's names, never addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.domain import seats
from server.domain.attendees import NAME_MAX, has_controls, is_address, one_line
from server.domain.booking import Attendee, Booking, Partstat
from server.domain.event_type import Location, LocationType
from server.domain.plain import sentence


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody to be brought along; the name may be empty."""

    email: str
    name: str = ""


def faults(companions: Sequence[Companion], taken: Sequence[str]) -> Mapping[str, str]:
    """Return what is wrong, by field like `guests.0.email`; `taken` are the addresses of those who take part already."""
    found = {}
    seen = {address.strip().casefold() for address in taken}
    for at, companion in enumerate(companions):
        email = companion.email.strip()
        if len(companion.name) > NAME_MAX or has_controls(companion.name):
            found[f"guests.{at}.name"] = sentence(
                "The name may have at most 255 characters, all on one line."
            )
        if not is_address(email):
            found[f"guests.{at}.email"] = sentence("Please enter a mail address like name@example.org.")
        elif email.casefold() in seen:
            found[f"guests.{at}.email"] = sentence("Somebody with this address takes part already.")
        seen.add(email.casefold())
    return found


def attendee(companion: Companion, number: int, booker: Attendee) -> Attendee:
    """Return the companion as an attendee who has yet to answer, in the zone and language of who brings them along."""
    return Attendee(
        number=number,
        name=one_line(companion.name),
        email=companion.email.strip(),
        zone=booker.zone,
        language=booker.language,
        partstat=Partstat.NEEDS_ACTION,
    )


def as_seen_by(booking: Booking, person: int) -> Booking:
    """Return the booking as one of its people may see it: companions not what the one who booked told the host.

    Where they meet is for those who have booked: nobody sees it before the mail address is proven.
    """
    if booking.awaiting_address:
        booking = replace(booking, location=Location())
    if booking.is_seated:
        return booking if person < 1 else seats.as_seen_by(booking, person)
    if person <= booking.guest.number:
        return booking
    is_phone = booking.location.type is LocationType.GUEST_PHONE
    place = Location(type=LocationType.NONE) if is_phone else booking.location
    return replace(booking, notes="", answers=(), location=place)
