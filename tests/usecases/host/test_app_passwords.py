"""App passwords are made, listed and taken back."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.domain import app_passwords as rules
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.host.add import add
from server.usecases.host.app_passwords import listed, make, revoke
from server.usecases.host.change import change
from tests.builders import NOW, host


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW)
    await add(made, host("alice"), "the account's password")
    return made


async def names(ports: Ports) -> list[tuple[str, bool]]:
    return [(one.name, one.kept is not None) for one in await listed(ports, "alice")]


async def test_a_new_app_password_is_told_in_groups_and_kept_as_a_digest(ports: Ports) -> None:
    password = await make(ports, "alice", " my  phone ", NOW)
    secret = rules.secret_in(password)
    assert secret is not None
    (one,) = await listed(ports, "alice")
    assert one.kept is not None
    assert one.name == "my phone"
    assert one.kept.digest == rules.digest(ports.secret_key, Home("alice"), secret)
    assert secret not in repr(one)


async def test_a_name_is_for_one_app_password_at_a_time(ports: Ports) -> None:
    await make(ports, "alice", "phone", NOW)
    with pytest.raises(Conflict, match="revoke it"):
        await make(ports, "alice", "phone", NOW)
    await revoke(ports, "alice", "phone")
    await make(ports, "alice", "phone", NOW)
    assert await names(ports) == [("phone", True)]


async def test_a_name_that_only_the_profile_remembers_is_listed_as_lost_and_can_be_given_again(
    ports: Ports,
) -> None:
    await make(ports, "alice", "phone", NOW)
    await ports.ledger.revoke_app_password((await ports.ledger.app_passwords(Home("alice")))[0].id)
    assert await names(ports) == [("phone", False)]
    await make(ports, "alice", "phone", NOW)
    assert await names(ports) == [("phone", True)]


async def test_one_whose_name_was_lost_is_listed_and_revoked_by_its_id(ports: Ports) -> None:
    await make(ports, "alice", "phone", NOW)
    await change(ports, "alice", lambda found: replace(found, app_passwords=()))
    ((name, _),) = await names(ports)
    await revoke(ports, "alice", name)
    assert await names(ports) == []


async def test_a_lost_name_is_taken_out_by_revoking_it(ports: Ports) -> None:
    await make(ports, "alice", "phone", NOW)
    await ports.ledger.revoke_app_password((await ports.ledger.app_passwords(Home("alice")))[0].id)
    await revoke(ports, "alice", "phone")
    assert await names(ports) == []


async def test_what_is_not_there_cannot_be_revoked(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await revoke(ports, "alice", "phone")
    with pytest.raises(NotFound):
        await make(ports, "nobody", "phone", NOW)


async def test_an_app_password_of_another_host_cannot_be_revoked(ports: Ports) -> None:
    await add(ports, host("bob"), "bob's password")
    await make(ports, "bob", "phone", NOW)
    (kept,) = await ports.ledger.app_passwords(Home("bob"))
    for name in ("phone", kept.id):
        with pytest.raises(NotFound):
            await revoke(ports, "alice", name)
    assert await ports.ledger.app_passwords(Home("bob"))


async def test_a_name_that_is_none_is_refused(ports: Ports) -> None:
    with pytest.raises(Invalid) as refused:
        await make(ports, "alice", " ", NOW)
    assert "name" in refused.value.fields


async def test_there_is_an_end_to_how_many_there_can_be(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.usecases.host.app_passwords.PER_HOST_MAX", 2)
    for name in ("phone", "laptop"):
        await make(ports, "alice", name, NOW)
    with pytest.raises(Conflict, match="all there can be"):
        await make(ports, "alice", "tablet", NOW)
