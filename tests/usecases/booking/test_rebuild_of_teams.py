"""Whose a team's meeting is when the ledger is lost: the calendars say it, and not everybody's is believed."""

from dataclasses import replace

import pytest

from server.domain.booking import Actor
from server.domain.identity import Href
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import copies, look, reassign
from tests.builders import NOW, calendar
from tests.usecases.booking import teams
from tests.usecases.booking.foreign import write
from tests.usecases.booking.teams import ALICE, BOB, DORA, agree, book, meeting
from tests.usecases.booking.test_rebuild import rebuilt


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales of alice, bob and carl."""
    await teams.move_in(ports)
    return ports


async def test_nobody_outside_the_team_gets_a_meeting_by_writing_so(ports: Ports) -> None:
    """C22: a name alone may be anybody's invention, and so may a revision."""
    made = meeting()
    await book(ports, made)
    forged = replace(made, home=DORA, calendar=calendar("dora"), revision=9)
    await write(ports, calendar("dora"), Href("forged.ics"), vevent.stored(forged, teams.HOSTS[DORA]))
    fresh = await rebuilt(ports, NOW)
    assert (await look.by_id(fresh, made.id)).record.home == ALICE


async def test_what_a_former_hosts_program_put_back_while_the_ledger_was_lost_goes_again(
    ports: Ports,
) -> None:
    """S4.38."""
    made = meeting()
    looked = await book(ports, made)
    await reassign.reassign(ports, looked, Actor.HOST, NOW, to=BOB)
    await write(ports, looked.stored.calendar, looked.stored.href, looked.stored.text)
    fresh = await rebuilt(ports, NOW)
    record = (await look.by_id(fresh, made.id)).record
    assert (record.home, record.handed_on) == (BOB, frozenset({1}))
    await copies.mend_all(fresh)
    await agree(fresh, made)


async def test_who_was_let_go_from_the_team_keeps_what_they_held(ports: Ports) -> None:
    made = meeting()
    await book(ports, made)
    sales = ports.homes.team("sales")
    assert sales is not None
    await ports.homes.save_team(replace(sales, members=sales.members[1:]))
    fresh = await rebuilt(ports, NOW)
    assert (await look.by_id(fresh, made.id)).record.home == ALICE
