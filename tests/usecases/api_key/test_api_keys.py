"""API keys: made, shown, used and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import memory_ports
from server.domain.errors import Conflict, Invalid, NotFound, NotPermitted, Unauthorized
from server.domain.identity import Home
from server.domain.permissions import Permission, Role, authorise, may
from server.ports import Ports
from server.usecases.api_key.keep import listed, make, revoke
from server.usecases.api_key.open import open_with
from tests.builders import NOW, event_type, host, settle_in

ALL = frozenset(Permission)


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the hosts alice and bob."""
    made = memory_ports(NOW)
    await settle_in(made, host(), event_type())
    await settle_in(made, host("bob", number=4))
    return made


async def test_a_key_acts_as_whose_it_is(ports: Ports) -> None:
    """C43, S5.15: a site key on everything, a host's key on what that host may."""
    hers = await open_with(ports, (await make(ports, "alice", ALL, NOW, is_test=False)).text, NOW)
    site = await open_with(ports, (await make(ports, None, ALL, NOW, is_test=False)).text, NOW)
    homes = [Home("alice"), Home("bob")]
    assert [may(hers.acting, Permission.EDIT, home) for home in homes] == [True, False]
    assert [may(site.acting, Permission.EDIT, home) for home in homes] == [True, True]
    assert (hers.acting.role, site.acting.role) == (Role.HOST, Role.ADMIN)


async def test_a_key_may_do_what_it_was_made_for_and_no_more(ports: Ports) -> None:
    text = (await make(ports, "alice", {Permission.VIEW}, NOW, is_test=False)).text
    acting, unknown = (await open_with(ports, text, NOW)).acting, NotFound("No.")
    authorise(acting, Permission.VIEW, Home("alice"), unknown=unknown)
    with pytest.raises(NotPermitted):
        authorise(acting, Permission.DELETE, Home("alice"), unknown=unknown)


async def test_a_revoked_key_opens_nothing_at_once(ports: Ports) -> None:
    """S5.42"""
    made = await make(ports, None, ALL, NOW, is_test=False)
    await open_with(ports, made.text, NOW)
    await revoke(ports, made.kept.id)
    with pytest.raises(Unauthorized):
        await open_with(ports, made.text, NOW)
    with pytest.raises(NotFound):
        await revoke(ports, made.kept.id)


async def test_a_key_is_taken_back_by_how_it_begins(ports: Ports) -> None:
    made = await make(ports, None, ALL, NOW, is_test=False)
    await revoke(ports, made.text[: -len("b" * 28)])
    assert list(await listed(ports, None)) == []


@pytest.mark.parametrize("change", [lambda text: text[:-1] + "2", lambda text: text.replace("live", "test")])
async def test_a_changed_key_opens_nothing(ports: Ports, change: Callable[[str], str]) -> None:
    """S5.42: neither another secret, nor the same one as a test key."""
    text = (await make(ports, None, ALL, NOW, is_test=False)).text
    with pytest.raises(Unauthorized):
        await open_with(ports, change(text), NOW)


async def test_the_key_of_a_host_who_was_disabled_or_is_gone_opens_nothing(ports: Ports) -> None:
    text = (await make(ports, "alice", ALL, NOW, is_test=False)).text
    alice = ports.homes.host("alice")
    assert alice is not None
    await ports.homes.save_host(replace(alice, disabled=True))
    with pytest.raises(Unauthorized):
        await open_with(ports, text, NOW)


async def test_the_last_use_is_known_within_minutes(ports: Ports) -> None:
    text = (await make(ports, "alice", ALL, NOW, is_test=False)).text
    seen = []
    for minutes in (1, 2, 9):
        at = NOW + timedelta(minutes=minutes)
        await open_with(ports, text, at)
        await ports.tasks.run("after", ports.ledger.probe)
        (kept,) = await listed(ports, "alice")
        seen.append(kept.used_at)
    first = int((NOW + timedelta(minutes=1)).timestamp())
    assert seen == [first, first, int((NOW + timedelta(minutes=9)).timestamp())]


async def test_what_makes_no_key_is_refused(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await make(ports, "nobody", ALL, NOW, is_test=False)
    with pytest.raises(Invalid):
        await make(ports, "alice", (), NOW, is_test=False)
    for _ in range(50):
        await make(ports, "alice", ALL, NOW, is_test=True)
    with pytest.raises(Conflict):
        await make(ports, "alice", ALL, NOW, is_test=False)
    await make(ports, None, ALL, NOW, is_test=False)
