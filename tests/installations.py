"""A whole installation in this process, on a data directory, with a host who is booked, and what must agree in it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from server.adapters.data_dir import DataDir
from server.adapters.mail.absent import NoMailer
from server.bootstrap import Opened, opened, site_of
from server.domain.booking import Actor, Booking
from server.domain.identity import HISTORY, Home, is_superseded
from server.ports import Ports
from server.settings.model import Settings
from server.usecases.booking import create
from server.usecases.booking.create import NewBooking
from server.usecases.event_type.create import create as create_event_type
from server.usecases.host.add import add
from tests.builders import BERLIN, event_type, host

ALICE = Home("alice")


@asynccontextmanager
async def installation(data: Path) -> AsyncIterator[Opened]:
    """Open an installation as a server does."""
    settings = Settings(base_url="https://book.example")
    with DataDir.own(data) as owned:
        async with opened(settings, owned, site_of(settings), NoMailer()) as parts:
            yield parts


async def settle_alice(ports: Ports) -> None:
    """Let alice move in, with an event type that can be booked at any time."""
    await add(ports, host("alice"), "alice's password")
    await create_event_type(ports, event_type("intro", weekly="always", horizon_days=365))


async def book(ports: Ports, hours_ahead: int, **particulars: str) -> Booking:
    """Book so many whole hours from tomorrow on."""
    now = ports.clock.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=hours_ahead)
    wish = NewBooking(
        home=ALICE,
        slug="intro",
        start=start,
        name=particulars.get("name", "Gus Guest"),
        email=particulars.get("email", "gus@example.net"),
        zone=particulars.get("zone", BERLIN),
        notes=particulars.get("notes", ""),
        invite=particulars.get("invite", ""),
    )
    return await create.create(ports, wish, Actor.GUEST, now)


async def disagreements(ports: Ports) -> Sequence[str]:
    """Return what ledger, claims and calendars say differently; empty when all is well."""
    found = [f"{intent.id} is under way" for intent in await ports.ledger.intents(2**40)]
    records = {record.id: record for record in await ports.ledger.bookings()}
    rows = {row.shown.id: row for row in ports.calendars.rows(ALICE) if not is_superseded(row.uid)}
    for id_ in records.keys() ^ rows.keys():
        found.append(f"{id_} is known to one side only")
    claims = {claim.booking: claim for claim in ports.ledger.claims(ALICE, (0, 2**40))}
    for id_ in records.keys() & rows.keys():
        record, row = records[id_], rows[id_]
        if (record.calendar, record.href, record.etag) != (row.calendar, row.href, row.etag):
            found.append(f"{id_} stands elsewhere")
        if record.status != row.shown.status:
            found.append(f"{id_} is {row.shown.status}, not {record.status}")
        is_live = not row.calendar.endswith(f"/{HISTORY}")
        held = claims.pop(id_, None)
        if is_live != (held is not None) or (held is not None and held.span != row.shown.span):
            found.append(f"{id_} has the wrong claim")
    return [*found, *(f"{id_} has a claim and no booking" for id_ in claims)]
