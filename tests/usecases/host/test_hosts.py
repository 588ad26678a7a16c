"""Hosts are added, changed, switched off and given passwords."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.homes import MemoryHomes
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.host import Host
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.host.add import add
from server.usecases.host.change import change
from server.usecases.host.disable import disable
from server.usecases.host.password import PASSWORD_MIN, renew
from tests.builders import NOW, host


@pytest.fixture
def ports() -> Ports:
    return memory_ports(NOW)


async def test_a_new_host_has_a_home_with_a_calendar_and_a_password_that_signs_in(ports: Ports) -> None:
    added = await add(ports, host("alice"))
    assert ports.calendars.names(Home("alice")) == ("calendar",)
    assert ports.homes.host("alice") == added.host
    assert await ports.accounts.verify("alice", added.password)


async def test_a_password_that_was_given_is_the_one_that_is_set(ports: Ports) -> None:
    added = await add(ports, host("alice"), "correct horse")
    assert added.password == "correct horse"
    assert await ports.accounts.verify("alice", "correct horse")


async def test_numbers_are_given_and_not_taken_from_the_draft(ports: Ports) -> None:
    first, second = await add(ports, host("alice", number=7)), await add(ports, host("bob", number=7))
    assert first.host.number != second.host.number


async def test_all_faults_of_a_new_host_are_told_together(ports: Ports) -> None:
    with pytest.raises(Invalid) as refused:
        await add(ports, replace(host("Alice!"), email="nobody", zone="Mars/Olympus", name=" "), "short")
    assert set(refused.value.fields) == {"home", "email", "zone", "name", "password"}
    assert ports.homes.hosts() == []


@pytest.mark.parametrize("home", ["dav", "www", "a", "-alice", "al+ice", "alice/bob", "..", "a" * 40])
async def test_a_home_is_no_reserved_word_and_no_path(home: str, ports: Ports) -> None:
    with pytest.raises(Invalid) as refused:
        await add(ports, host(home))
    assert "home" in refused.value.fields


async def test_a_home_that_is_taken_stays_as_it_is(ports: Ports) -> None:
    added = await add(ports, host("alice"), "the first password")
    with pytest.raises(Conflict):
        await add(ports, replace(host("alice"), name="Somebody else"), "the second password")
    assert ports.homes.host("alice") == added.host
    assert await ports.accounts.verify("alice", "the first password")


async def test_a_change_keeps_what_it_does_not_name(ports: Ports) -> None:
    added = await add(ports, host("alice"))
    after = await change(ports, "alice", lambda found: replace(found, about="Hello"))
    assert after == replace(added.host, about="Hello", revision=after.revision)


async def test_a_change_that_makes_no_sense_is_refused_field_by_field(ports: Ports) -> None:
    await add(ports, host("alice"))
    with pytest.raises(Invalid) as refused:
        await change(ports, "alice", lambda found: replace(found, zone="Nowhere", receiving="work"))
    assert "must be among this home's calendars: calendar" in refused.value.fields["receiving"]
    assert set(refused.value.fields) == {"zone", "receiving"}


class OvertakenOnce(MemoryHomes):
    """Homes in which somebody else is faster once."""

    overtakes = False

    async def save_host(self, host: Host) -> Host:
        if self.overtakes:
            self.overtakes = False
            await super().save_host(replace(host, about="", other_addresses=("a@example.org",)))
        return await super().save_host(host)


async def test_a_change_that_was_overtaken_is_made_from_what_stands_now() -> None:
    homes = OvertakenOnce()
    ports = memory_ports(NOW, homes=homes)
    await add(ports, host("alice"))
    homes.overtakes = True
    after = await change(ports, "alice", lambda found: replace(found, about="Hello"))
    assert (after.about, after.other_addresses) == ("Hello", ("a@example.org",))


async def test_a_disabled_host_cannot_sign_in_until_switched_on_again(ports: Ports) -> None:
    added = await add(ports, host("alice"))
    assert (await disable(ports, "alice")).disabled
    assert not await ports.accounts.verify("alice", added.password)
    assert not (await disable(ports, "alice", disabled=False)).disabled
    assert await ports.accounts.verify("alice", added.password)


async def test_a_new_password_replaces_the_old_one(ports: Ports) -> None:
    added = await add(ports, host("alice"))
    _, password = await renew(ports, "alice")
    assert await ports.accounts.verify("alice", password)
    assert not await ports.accounts.verify("alice", added.password)


async def test_a_password_too_short_is_refused_and_the_old_one_stays(ports: Ports) -> None:
    added = await add(ports, host("alice"))
    with pytest.raises(Invalid) as refused:
        await renew(ports, "alice", "x" * (PASSWORD_MIN - 1))
    assert "password" in refused.value.fields
    assert await ports.accounts.verify("alice", added.password)


async def test_nobody_is_not_found(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await renew(ports, "alice")
    with pytest.raises(NotFound):
        await change(ports, "alice", lambda found: found)
