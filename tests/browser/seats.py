"""A course that many book, each for themselves, for the pages that a guest meets there: with seats left, full, and waiting."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from server.domain.booking import Actor, Booking
from server.ports import BookingRecord, Ports
from server.usecases.booking import cancel, create, links, look
from server.usecases.booking.create import NewBooking
from tests.builders import at, event_type, host, settle_in

HANA = replace(
    host("hana", number=70, name="Hana Okafor", weekly="mon-fri 09:00-12:00"),
    about="Yoga for people who sit a lot.",
)
YOGA = replace(
    event_type("yoga", home="hana", number=71, title="Yoga in the morning", minutes=60),
    description="Bring a mat, or borrow one.",
    seats=3,
    seats_shown=True,
    waitlist_max=3,
    waitlist_hold_min=60,
)
NAMES = ("Ana Sousa", "Ben Adler", "Chi Nguyen", "Dov Katz", "Ela Brandt", "Fay Moss")


async def furnish(ports: Ports) -> dict[str, str]:
    """Let the host move in; return the paths of guests with a seat, and of some who wait for one."""
    await settle_in(ports, HANA, YOGA)
    roomy = [await _book(ports, name, "2026-03-17 09:00") for name in NAMES[:2]]
    full = [await _book(ports, name, "2026-03-18 09:00") for name in NAMES[:4]]
    held = [await _book(ports, name, "2026-03-19 09:00") for name in NAMES[:4]]
    await _leave(ports, held[0], hours_ago=0)
    lapsed = [await _book(ports, name, "2026-03-20 09:00") for name in NAMES[:4]]
    await _leave(ports, lapsed[0], hours_ago=2)
    unproven = [await _book(ports, name, "2026-03-23 09:00") for name in NAMES[:1]]
    unproven.append(await _book(ports, NAMES[1], "2026-03-23 09:00", confirm_address=True))
    return {
        "seat": await _path(ports, roomy[1]),
        "seat-left": await _path(ports, held[0]),
        "seat-waiting": await _path(ports, full[3]),
        "seat-held": await _path(ports, held[3]),
        "seat-lapsed": await _path(ports, lapsed[3]),
        "seat-unproven": await _path(ports, unproven[1]),
        "seat-address": await _path(ports, unproven[1], _address),
        "seat-gone": await _path(ports, held[0], _address),
    }


async def _book(ports: Ports, name: str, start: str, *, confirm_address: bool = False) -> Booking:
    wish = NewBooking(
        home="hana",
        slug="yoga",
        start=at(start),
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@example.net",
        zone="Europe/Berlin",
        waits=True,
        confirm_address=confirm_address,
    )
    return await create.create(ports, wish, Actor.GUEST, ports.clock.now())


async def _leave(ports: Ports, seen: Booking, hours_ago: int) -> None:
    looked = replace(await look.by_id(ports, seen.id), person=seen.guest.number)
    await cancel.cancel(ports, looked, "", Actor.GUEST, ports.clock.now() - timedelta(hours=hours_ago))


def _address(ports: Ports, seen: Booking, record: BookingRecord) -> str:
    return urlsplit(links.verify_link(ports, seen, record) or "").path


async def _path(
    ports: Ports,
    seen: Booking,
    make: Callable[[Ports, Booking, BookingRecord], str] | None = None,
) -> str:
    record = await look.record(ports, seen.id)
    if make is not None:
        return make(ports, seen, record)
    return links.manage_path(ports, seen, record, seen.guest.number)
