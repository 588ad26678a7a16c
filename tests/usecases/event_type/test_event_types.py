"""Event types are created, changed and deleted."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.domain.errors import Invalid, NotFound
from server.domain.identity import Home, Slug
from server.ports import Ports
from server.usecases.event_type.create import create
from server.usecases.event_type.delete import delete
from server.usecases.event_type.edit import edit
from server.usecases.host.add import add
from tests.builders import NOW, event_type, host


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW)
    await add(made, host("alice"))
    return made


async def test_a_new_event_type_has_an_id_and_a_number_of_its_own(ports: Ports) -> None:
    first = await create(ports, event_type("intro"))
    second = await create(ports, event_type("review"))
    assert first.id != second.id
    assert first.number != second.number
    assert ports.homes.event_types(Home("alice")) == (first, second)


async def test_the_host_must_exist(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await create(ports, event_type("intro", home="bob"))


async def test_all_faults_are_told_together(ports: Ports) -> None:
    wrong = replace(
        event_type("in tro", minutes=0), zone="Nowhere", blocking=("work",), receiving="work", title=""
    )
    with pytest.raises(Invalid) as refused:
        await create(ports, wrong)
    assert set(refused.value.fields) == {"slug", "duration_min", "zone", "blocking", "receiving", "title"}


async def test_a_slug_is_taken_once_within_a_home(ports: Ports) -> None:
    await create(ports, event_type("intro"))
    with pytest.raises(Invalid) as refused:
        await create(ports, event_type("intro"))
    assert "slug" in refused.value.fields


async def test_a_change_keeps_the_id(ports: Ports) -> None:
    before = await create(ports, event_type("intro"))
    after = await edit(ports, "alice", "intro", lambda found: replace(found, slug=Slug("hello")))
    assert (after.id, after.number) == (before.id, before.number)
    assert ports.homes.event_type("alice", "intro") is None


async def test_a_change_that_makes_no_sense_is_refused(ports: Ports) -> None:
    before = await create(ports, event_type("intro"))
    with pytest.raises(Invalid):
        await edit(ports, "alice", "intro", lambda found: replace(found, duration_min=0))
    assert ports.homes.event_type("alice", "intro") == before


async def test_a_deleted_event_type_is_gone(ports: Ports) -> None:
    await create(ports, event_type("intro"))
    await delete(ports, "alice", "intro")
    assert ports.homes.event_types(Home("alice")) == ()
    with pytest.raises(NotFound):
        await delete(ports, "alice", "intro")
