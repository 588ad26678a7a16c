"""Who opens a host's calendars."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import memory_ports
from server.adapters.tasks import ApplicationTasks
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.host.add import add
from server.usecases.host.app_passwords import make, revoke
from server.usecases.host.change import change
from server.usecases.host.disable import disable
from server.usecases.host.sign_in import opens_calendars
from tests.builders import NOW, host

ACCOUNT = "the account's password"
ALICE = Home("alice")


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW)
    await add(made, host("alice"), ACCOUNT)
    await add(made, host("bob"), ACCOUNT)
    return made


async def opens(ports: Ports, password: str, login: str = "alice", later: timedelta = timedelta()) -> bool:
    return await opens_calendars(ports, login, password, NOW + later)


async def used_at(ports: Ports) -> int | None:
    tasks = ports.tasks
    assert isinstance(tasks, ApplicationTasks)
    while any(tasks.holds(f"app password {one.id}") for one in await ports.ledger.app_passwords(ALICE)):
        await tasks.run("look", lambda: ports.ledger.app_passwords(ALICE))
    (one,) = await ports.ledger.app_passwords(ALICE)
    return one.used_at


async def test_account_and_app_password_open_the_calendars(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    tried = [ACCOUNT, app, app.upper().replace("-", " "), app[:-1], "opensesame", ""]
    assert [await opens(ports, one) for one in tried] == [True, True, True, False, False, False]


async def test_an_app_password_opens_no_other_home(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    assert not await opens(ports, app, "bob")
    assert not await opens(ports, app, "nobody")


async def test_a_revoked_app_password_opens_nothing_from_that_moment_on(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    assert await opens(ports, app)
    await revoke(ports, "alice", "phone")
    assert not await opens(ports, app)


async def test_the_accounts_password_can_be_switched_off_and_on(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    await change(ports, "alice", lambda found: replace(found, dav_password=False))
    assert [await opens(ports, one) for one in (ACCOUNT, app)] == [False, True]
    await change(ports, "alice", lambda found: replace(found, dav_password=True))
    assert [await opens(ports, one) for one in (ACCOUNT, app)] == [True, True]


async def test_nothing_opens_the_calendars_of_a_disabled_host(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    await disable(ports, "alice")
    assert [await opens(ports, one) for one in (ACCOUNT, app)] == [False, False]
    await disable(ports, "alice", disabled=False)
    assert [await opens(ports, one) for one in (ACCOUNT, app)] == [True, True]


async def test_a_host_who_is_disabled_in_the_profile_alone_is_shut_out(ports: Ports) -> None:
    """A home that was copied here, and a ledger that was rebuilt, know it from the profile."""
    app = await make(ports, "alice", "phone", NOW)
    await change(ports, "alice", lambda found: replace(found, disabled=True))
    assert [await opens(ports, one) for one in (ACCOUNT, app)] == [False, False]


async def test_the_last_use_is_written_down_every_few_minutes(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    assert await used_at(ports) is None
    noted = []
    for minutes in (0, 4, 5, 6):
        await opens(ports, app, later=timedelta(minutes=minutes))
        noted.append(await used_at(ports))
    first = int(NOW.timestamp())
    assert noted == [first, first, first + 300, first + 300]


async def test_a_wrong_password_uses_nothing(ports: Ports) -> None:
    app = await make(ports, "alice", "phone", NOW)
    await opens(ports, app, "bob")
    assert await used_at(ports) is None
