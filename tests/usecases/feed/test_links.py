"""Secret addresses of feeds, from making to resetting."""

from dataclasses import replace

import pytest

from server.domain.errors import NotFound
from server.domain.feed_tokens import Feed
from server.domain.host import Host
from server.ports import Ports
from server.usecases.feed.links import feed_links, host_of_token, reset_feed_links


def token(link: str) -> str:
    return link.split("/")[-2]


async def test_a_link_leads_to_the_feed_of_its_host(ports: Ports, alice: Host) -> None:
    links = await feed_links(ports, "alice")
    assert links.bookings.startswith("https://book.example/feeds/private/f_")
    assert links.bookings.endswith("/bookings.ics")
    assert links.freebusy.endswith("/freebusy.ifb")
    assert await host_of_token(ports, Feed.BOOKINGS, token(links.bookings)) == alice
    assert await host_of_token(ports, Feed.FREEBUSY, token(links.freebusy)) == alice


async def test_the_link_for_free_busy_does_not_open_the_bookings(ports: Ports) -> None:
    links = await feed_links(ports, "alice")
    with pytest.raises(NotFound):
        await host_of_token(ports, Feed.BOOKINGS, token(links.freebusy))


async def test_after_a_reset_the_old_links_lead_nowhere_and_the_new_ones_do(
    ports: Ports, alice: Host
) -> None:
    old = await feed_links(ports, "alice")
    new = await reset_feed_links(ports, "alice")
    assert await feed_links(ports, "alice") == new
    assert await host_of_token(ports, Feed.BOOKINGS, token(new.bookings)) == alice
    for feed, link in ((Feed.BOOKINGS, old.bookings), (Feed.FREEBUSY, old.freebusy)):
        with pytest.raises(NotFound):
            await host_of_token(ports, feed, token(link))


async def test_the_feeds_of_a_disabled_host_are_gone(ports: Ports, alice: Host) -> None:
    links = await feed_links(ports, "alice")
    await ports.homes.save_host(replace(alice, disabled=True))
    with pytest.raises(NotFound):
        await host_of_token(ports, Feed.BOOKINGS, token(links.bookings))


async def test_nobody_has_links_who_is_no_host(ports: Ports) -> None:
    for ask in (feed_links, reset_feed_links):
        with pytest.raises(NotFound):
            await ask(ports, "nobody")


async def test_without_a_base_url_the_links_are_paths(ports: Ports) -> None:
    nowhere = replace(ports, site=replace(ports.site, base_url=None))
    links = await feed_links(nowhere, "alice")
    assert links.bookings.startswith("/feeds/private/f_")
