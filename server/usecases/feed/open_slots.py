"""The public feed of an event type: its open slots as free time in a calendar."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from server.domain.event_type import EventType
from server.domain.feed_tokens import feed_uid
from server.domain.host import Host
from server.domain.identity import group_name
from server.ical.feeds import FeedHead, OpenSlot, slots_feed
from server.ports import Ports
from server.usecases.booking import groups, offer
from server.usecases.booking.groups import names
from server.usecases.team.address import page_of_type

DAY_S = 86_400
DAYS_MAX = 60
SLOTS_MAX = 2_000
"""A feed is fetched whole each time: what lies further ahead is on the booking page."""


def open_slots(
    ports: Ports, host: Host, event_type: EventType, now: int, invite: str = "", chosen: str = ""
) -> str:
    """Return the slots of the next 60 days, at most 2,000; knows no booking, no guest and no place.

    Its links are those of the invite with the token `invite`, for whoever came by one, and of the host of a team who was
    `chosen`.
    """
    # A calendar program cannot say that at some of them one only waits.
    starts = offer.offer(ports, host, event_type, (now, now + DAYS_MAX * DAY_S), now, waits=False)
    page = f"/i/{invite}" if invite else page_of_type(ports, event_type)
    duration_s, horizon_s = event_type.duration_min * 60, event_type.horizon_days * DAY_S
    slots = [
        OpenSlot(
            uid=feed_uid(
                ports.secret_key,
                "slot",
                event_type.id,
                str(start),
                *event_type.co_hosts,
                *([chosen] if chosen else []),
            ),
            start=start,
            end=start + duration_s,
            since=start - horizon_s,
            url=_booking_link(ports, page, start, chosen),
        )
        for start in starts[:SLOTS_MAX]
    ]
    head = FeedHead(
        name=f"{event_type.title} – {names(host, groups.co_hosts(ports, event_type.co_hosts))}",
        source=_source(ports, event_type, {"invite": invite, "host": chosen}),
        page=ports.site.link(*page[1:].split("/")),
    )
    return slots_feed(head, head.name, event_type.description, event_type.revision, slots)


def _source(ports: Ports, event_type: EventType, said: Mapping[str, str]) -> str | None:
    feed = ports.site.link(
        "feeds", group_name(event_type.home, event_type.co_hosts), f"{event_type.slug}.ics"
    )
    query = urlencode({name: value for name, value in said.items() if value})
    return feed and feed + (f"?{query}" if query else "")


def _booking_link(ports: Ports, page: str, start: int, chosen: str) -> str | None:
    form = ports.site.link(*page[1:].split("/"), "book")
    query = (
        f"host={chosen}&" if chosen else ""
    ) + f"start={datetime.fromtimestamp(start, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return form and f"{form}?{query}"
