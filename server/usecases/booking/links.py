"""The addresses that let a guest act on their booking without an account."""

from server.domain import tokens
from server.domain.booking import Booking
from server.domain.tokens import Purpose
from server.ports import BookingRecord, Ports


def manage_token(ports: Ports, booking: Booking, record: BookingRecord, person: int) -> str:
    """Return the token of the booking's present revision, for mails and pages; the next change replaces it (C2)."""
    return tokens.mint(
        ports.secret_key,
        Purpose.MANAGE,
        booking.id,
        person,
        generation=record.generation(person),
        revision=booking.revision,
    )


def api_token(ports: Ports, record: BookingRecord, person: int) -> str:
    """Return the `ctk_…` token, which outlives reschedules (S5.26)."""
    return tokens.mint(ports.secret_key, Purpose.API, record.id, person, generation=record.generation(person))


def manage_path(ports: Ports, booking: Booking, record: BookingRecord, person: int) -> str:
    """Return the path of the manage page, `/b/{slug}/manage/{token}`."""
    return f"/b/{booking.slug}/manage/{manage_token(ports, booking, record, person)}"


def manage_link(ports: Ports, booking: Booking, record: BookingRecord, person: int) -> str | None:
    """Return the absolute address of the manage page; None when the site has no base URL."""
    return ports.site.link("b", booking.slug, "manage", manage_token(ports, booking, record, person))
