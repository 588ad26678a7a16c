"""The secret addresses of a host's feeds: making them, proving them, killing them."""

from dataclasses import dataclass

from server.domain.errors import NotFound
from server.domain.feed_tokens import Feed, mint_feed, proves_feed, read_feed
from server.domain.host import Host
from server.ports import Ports

FILES = {Feed.FREEBUSY: "freebusy.ifb", Feed.BOOKINGS: "bookings.ics"}
"""The last segment of each feed's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLinks:
    """The addresses of a host's secret feeds; paths alone where the site has no base URL."""

    freebusy: str
    bookings: str


async def feed_links(ports: Ports, home: str) -> FeedLinks:
    """Return the present secret addresses of a host's feeds; raises NotFound."""
    host = find_host(ports, home)
    return _links(ports, host, await ports.ledger.feed_generation(host.home))


async def reset_feed_links(ports: Ports, home: str) -> FeedLinks:
    """Replace the secret addresses of a host's feeds: the old ones lead nowhere from now on; raises NotFound."""
    host = find_host(ports, home)
    return _links(ports, host, await ports.ledger.reset_feeds(host.home))


async def host_of_token(ports: Ports, feed: Feed, token: str) -> Host:
    """Return the host whose `feed` the token opens; raises NotFound, the same for every other token."""
    claim = read_feed(token)
    if claim is not None:
        generation = await ports.ledger.feed_generation(claim.home)
        if proves_feed(claim, ports.secret_key, feed, generation=generation):
            return find_host(ports, claim.home)
    raise NotFound("There is no feed at this address.")


def find_host(ports: Ports, home: str) -> Host:
    """Return a host that is not disabled; raises NotFound."""
    host = ports.homes.host(home)
    if host is None or host.disabled:
        raise NotFound("There is no feed at this address.")
    return host


def _links(ports: Ports, host: Host, generation: int) -> FeedLinks:
    return FeedLinks(
        freebusy=_link(ports, host, Feed.FREEBUSY, generation),
        bookings=_link(ports, host, Feed.BOOKINGS, generation),
    )


def _link(ports: Ports, host: Host, feed: Feed, generation: int) -> str:
    path = (
        "feeds",
        "private",
        mint_feed(ports.secret_key, feed, host.home, generation=generation),
        FILES[feed],
    )
    return ports.site.link(*path) or "/" + "/".join(path)
