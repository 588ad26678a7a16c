"""Commands about hosts."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import UNSET, UnsetType

from server.control import texts
from server.control.command import Command
from server.control.texts import Texts, given
from server.control.views import FeedLinksView, HostView, HostWithPassword
from server.domain.attendees import one_line
from server.domain.host import Host, readdressed
from server.domain.hours import parse_hours
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.feed import links
from server.usecases.host.add import add
from server.usecases.host.away import host_of_today
from server.usecases.host.change import change
from server.usecases.host.disable import disable
from server.usecases.host.find import find
from server.usecases.host.password import renew


class HostFields(Command, kw_only=True):
    """What can be said of a host; what is unset stays as it is, and so do blocked addresses that are not unblocked."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    other_addresses: list[str] | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    about: str | UnsetType = UNSET
    hours: str | UnsetType = UNSET
    overrides: list[str] | UnsetType = UNSET
    blocking: str | UnsetType = UNSET
    receiving: str | UnsetType = UNSET
    attendees_in_calendar: bool | UnsetType = UNSET
    freebusy_public: bool | UnsetType = UNSET
    groups_allowed: bool | UnsetType = UNSET
    dav_password: bool | UnsetType = UNSET
    block: list[str] | UnsetType = UNSET
    unblock: list[str] | UnsetType = UNSET


class AddHost(HostFields, tag="host.add"):
    """Add a host; without `password` one is generated."""

    home: str
    password: str | None = None


class SetHost(HostFields, tag="host.set"):
    """Change a host's profile."""

    home: str


class ListHosts(Command, tag="host.list"):
    """List all hosts."""


class ShowHost(Command, tag="host.show"):
    """Show one host."""

    home: str


class RenewPassword(Command, tag="host.password"):
    """Replace a host's password; without `password` one is generated."""

    home: str
    password: str | None = None


class DisableHost(Command, tag="host.disable"):
    """Switch a host off, or on again."""

    home: str
    disabled: bool = True


class AskFeedLinks(Command, tag="host.feed_link"):
    """Return the secret addresses of a host's feeds; `reset` replaces them first."""

    home: str
    reset: bool = False


async def add_host(ports: Ports, asked: AddHost) -> HostWithPassword:
    """Add a host."""
    home = Home(asked.home)
    blank = Host(
        home=home, number=0, name=given(asked.name, home), email="", zone="UTC", language=ports.site.language
    )
    added = await add(ports, _edit(asked)(blank), asked.password)
    return HostWithPassword(HostView.of(ports, added.host), added.password, asked.password is None)


async def set_host(ports: Ports, asked: SetHost) -> HostView:
    """Change a host's profile."""
    edited, now = _edit(asked), ports.clock.now()
    return HostView.of(ports, await change(ports, asked.home, lambda host: host_of_today(edited(host), now)))


async def list_hosts(ports: Ports, _asked: ListHosts) -> list[HostView]:
    """Return all hosts, by home."""
    return [HostView.of(ports, host) for host in ports.homes.hosts()]


async def show_host(ports: Ports, asked: ShowHost) -> HostView:
    """Return one host."""
    return HostView.of(ports, find(ports, asked.home))


async def renew_password(ports: Ports, asked: RenewPassword) -> HostWithPassword:
    """Replace a host's password."""
    host, password = await renew(ports, asked.home, asked.password)
    return HostWithPassword(HostView.of(ports, host), password, asked.password is None)


async def disable_host(ports: Ports, asked: DisableHost) -> HostView:
    """Switch a host off, or on again."""
    return HostView.of(ports, await disable(ports, asked.home, disabled=asked.disabled))


async def feed_links(ports: Ports, asked: AskFeedLinks) -> FeedLinksView:
    """Return the secret addresses of a host's feeds."""
    ask = links.reset_feed_links if asked.reset else links.feed_links
    found = await ask(ports, asked.home)
    return FeedLinksView(freebusy=found.freebusy, bookings=found.bookings)


def _edit(fields: HostFields) -> Callable[[Host], Host]:
    """Return the pure function that makes a profile what `fields` say; raises Invalid for what cannot be read."""
    read = Texts()
    hours = read.read("hours", parse_hours, fields.hours)
    overrides = read.read("overrides", texts.overrides, fields.overrides)
    blocking = read.read("blocking", texts.calendars, fields.blocking)
    read.refuse()

    def edit(host: Host) -> Host:
        host = readdressed(host, given(fields.email, host.email).strip())
        return replace(
            host,
            name=one_line(given(fields.name, host.name)),
            other_addresses=tuple(given(fields.other_addresses, list(host.other_addresses))),
            zone=given(fields.zone, host.zone),
            language=given(fields.language, host.language),
            about=given(fields.about, host.about).strip(),
            hours=given(hours, host.hours),
            overrides=texts.merged(host.overrides, given(overrides, {})),
            blocking=given(blocking, host.blocking),
            receiving=given(fields.receiving, host.receiving),
            attendees_in_calendar=given(fields.attendees_in_calendar, host.attendees_in_calendar),
            freebusy_public=given(fields.freebusy_public, host.freebusy_public),
            groups_allowed=given(fields.groups_allowed, host.groups_allowed),
            dav_password=given(fields.dav_password, host.dav_password),
            blocked=_blocked(host, given(fields.block, []), given(fields.unblock, [])),
        )

    return edit


def _blocked(host: Host, more: list[str], fewer: list[str]) -> tuple[str, ...]:
    gone = {one.strip().casefold() for one in fewer}
    wanted = dict.fromkeys((*host.blocked, *(one.strip().casefold() for one in more)))
    return tuple(one for one in wanted if one not in gone)
