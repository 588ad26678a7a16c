"""Under which address a home, and what can be booked there, has its pages: `/u/…` of hosts, `/team/…` of teams."""

from collections.abc import Sequence

from server.domain.event_type import EventType
from server.domain.identity import Home, group_name
from server.ports import Ports


def page_of(ports: Ports, home: Home, others: Sequence[Home] = ()) -> str:
    """Return the path of the page that shows what can be booked at a home; `others` are the hosts of a group beside it."""
    if ports.homes.team(home) is not None:
        return f"/team/{home}"
    return f"/u/{group_name(home, others)}"


def page_of_type(ports: Ports, event_type: EventType) -> str:
    """Return the path of the page on which an event type is booked."""
    return f"{page_of(ports, event_type.home, event_type.co_hosts)}/{event_type.slug}"


def absolute(ports: Ports, path: str) -> str:
    """Return the address of a page as others can open it; its path alone where the site has no base URL."""
    return ports.site.link(*path.strip("/").split("/")) or path
