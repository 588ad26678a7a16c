"""Teams have no calendars and no sign-in: nobody reaches their home by CalDAV, not as anybody."""

import pytest

from tests.builders import team
from tests.web.dav.conftest import ALICE, Login, Site, authorization

MKCALENDAR = '<C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav"/>'


@pytest.fixture
async def site(site: Site) -> Site:
    """Return the site, with the team sales, whose name was a host's with a password."""
    await site.ports.homes.save_team(team("sales", "alice"))
    await site.ports.accounts.set_password("sales", "sell sell sell")
    return site


async def test_nobody_signs_in_as_a_team(site: Site) -> None:
    login: Login = ("sales", "sell sell sell")
    answer = await site.client.request("PROPFIND", "/dav/sales/", headers=authorization(login))
    assert answer.status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PROPFIND", "/dav/sales/"),
        ("GET", "/dav/sales/.Daybook/team.json"),
        ("MKCALENDAR", "/dav/sales/calendar/"),
        ("PUT", "/dav/sales/calendar/one.ics"),
        ("DELETE", "/dav/sales/"),
    ],
)
async def test_a_member_does_not_reach_the_home_of_their_team(site: Site, method: str, path: str) -> None:
    answer = await site.client.request(method, path, headers=authorization(ALICE), data=MKCALENDAR)
    assert answer.status in {403, 404}
    assert site.ports.homes.team("sales") is not None


async def test_a_team_is_not_in_what_a_member_sees(site: Site) -> None:
    headers = authorization(ALICE) | {"Depth": "1"}
    for path in ("/dav/", "/dav/alice/"):
        answer = await site.client.request("PROPFIND", path, headers=headers)
        assert "sales" not in await answer.text()
