"""A team's meetings may repeat, too: one of its hosts holds the whole series."""

import html
import re
from dataclasses import replace

import pytest

from server.domain.hosts import Strategy
from server.domain.series import Frequency, SeriesRules
from server.ports import Ports
from server.usecases.booking import look
from tests.builders import event_type, host, settle_in, team
from tests.web.guest.conftest import Guest, Page

FORM = "/team/sales/demo/book"
FIRST = f"{FORM}?start=2026-03-03T13:00Z&tz=Europe/Berlin"


@pytest.fixture(params=[Strategy.ROUND_ROBIN, Strategy.COLLECTIVE])
async def ports(ports: Ports, request: pytest.FixtureRequest) -> Ports:
    """Return the ports, with the team sales of alice and bob."""
    await settle_in(ports, host("bob", number=7, name="Bob Example"))
    await ports.homes.save_team(team("sales", "alice", "bob"))
    rules = SeriesRules(frequencies=(Frequency.WEEKLY,), count_max=6)
    kind = event_type("demo", home="sales", number=31, title="Demo")
    await ports.homes.save_event_type(replace(kind, strategy=request.param, series=rules))
    return ports


async def test_a_series_with_a_team_has_the_same_hosts_throughout(guest: Guest, ports: Ports) -> None:
    """S3.30"""
    page = await guest.fill_in(FIRST, repeat="weekly-1", times="4")
    kept = [html.unescape(one) for one in re.findall(r'name="keep" value="([^"]*)" checked', page.text)]
    assert len(kept) == 4
    fields = {name: value for name, value in page.fields.items() if name not in {"keep", "change"}}
    answer = await guest.client.post(FORM, data=[*fields.items(), *(("keep", one) for one in kept)])
    booked = Page(answer.status, str(answer.url.relative()), await answer.text())
    assert "Your meetings are booked" in booked.words
    path = booked.path.partition("/booked")[0]
    moved = await guest.send(f"{path}/on/2026-03-10/reschedule/confirm", {"start": "2026-03-10T14:00Z"})
    assert "Your meetings have changed" in moved.words
    await guest.send(f"{moved.path.partition('/changed')[0]}/on/2026-03-17/cancel", {"which": "one"})
    (record,) = await ports.ledger.bookings(active_only=True)
    booking = (await look.by_id(ports, record.id)).booking
    assert [one.status.value for one in booking.occurrences] == [
        "scheduled",
        "moved",
        "cancelled",
        "scheduled",
    ]
    claims = [one for home in booking.homes for one in ports.ledger.claims(home, (0, 2**40))]
    assert len(claims) == 3 * len(booking.homes)
