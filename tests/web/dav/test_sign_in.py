"""Signing in to /dav/ with the password of a program."""

from dataclasses import replace

import pytest

from server.usecases.host.app_passwords import make, revoke
from server.usecases.host.change import change
from tests.builders import NOW, host
from tests.radicale_plugin.asking import PROPFIND
from tests.web.dav.conftest import ALICE, Login, Site, authorization


@pytest.fixture
async def phone(site: Site) -> Login:
    """Return the login of alice's phone."""
    await site.ports.homes.save_host(host("alice"))
    return "alice", await make(site.ports, "alice", "phone", NOW)


async def status(site: Site, login: Login) -> int:
    body = PROPFIND.format("<resourcetype/>")
    named = authorization(login) | {"Depth": "0"}
    answer = await site.client.request("PROPFIND", "/dav/alice/calendar/", data=body, headers=named)
    return answer.status


async def test_a_program_signs_in_with_a_password_of_its_own_until_it_is_revoked(
    site: Site, phone: Login
) -> None:
    assert [await status(site, phone) for _ in range(2)] == [207, 207]
    await revoke(site.ports, "alice", "phone")
    assert await status(site, phone) == 401


async def test_the_accounts_password_can_be_refused_to_calendar_programs(site: Site, phone: Login) -> None:
    assert await status(site, ALICE) == 207
    await change(site.ports, "alice", lambda found: replace(found, dav_password=False))
    assert [await status(site, one) for one in (ALICE, phone)] == [401, 207]


async def test_guesses_at_app_passwords_are_slowed_like_all_others(site: Site, phone: Login) -> None:
    guess = (phone[0], "aaaa-bbbb-cccc-dddd-eeee-ffff-gggg")
    answers = [await status(site, guess) for _ in range(6)]
    assert answers == [401] * 5 + [429]
