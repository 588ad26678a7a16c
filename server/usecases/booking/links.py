"""The addresses that let people act on a booking without an account."""

from server.domain import tokens
from server.domain.booking import Booking
from server.domain.tokens import Purpose
from server.ports import HOST_RECIPIENT, BookingRecord, Ports


def manage_token(ports: Ports, booking: Booking, record: BookingRecord, person: int) -> str:
    """Return the token for mails and pages; the next change that is not a quiet one replaces it (C2)."""
    return tokens.mint(
        ports.secret_key,
        Purpose.MANAGE,
        booking.id,
        person,
        generation=record.generation(person),
        revision=record.link_revision,
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


def answer_token(ports: Ports, booking: Booking, record: BookingRecord) -> str:
    """Return the token by which the host answers this very request; the next change, or another host, replaces it."""
    return tokens.mint(
        ports.secret_key,
        Purpose.ANSWER,
        booking.id,
        HOST_RECIPIENT,
        generation=record.generation(HOST_RECIPIENT),
        revision=record.answer_revision,
    )


def verify_link(ports: Ports, booking: Booking, record: BookingRecord) -> str | None:
    """Return the absolute address by which a guest proves that a mail address is theirs; None without a base URL."""
    token = tokens.mint(
        ports.secret_key,
        Purpose.VERIFY,
        booking.id,
        booking.guest.number,
        generation=record.generation(booking.guest.number),
        revision=record.link_revision,
    )
    return ports.site.link("b", booking.slug, "address", token)


def answer_links(ports: Ports, booking: Booking, record: BookingRecord) -> tuple[str, str] | None:
    """Return the absolute addresses that approve and decline; None when the site has no base URL (S1.23)."""
    token = answer_token(ports, booking, record)
    approve = ports.site.link("b", booking.slug, "approve", token)
    decline = ports.site.link("b", booking.slug, "decline", token)
    return None if approve is None or decline is None else (approve, decline)
