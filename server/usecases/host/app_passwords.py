"""Make, list and revoke the passwords of a host's programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.app_passwords import PER_HOST_MAX, NamedPassword, digest, name_faults, written
from server.domain.attendees import one_line
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.host import Host
from server.domain.identity import Home
from server.ports import AppPassword, Ports
from server.usecases.host.change import change
from server.usecases.host.find import find


@dataclass(frozen=True, slots=True)
class Listed:
    """An app password with its name; `kept` is None when only the profile remembers it and it opens nothing."""

    name: str
    kept: AppPassword | None


async def make(ports: Ports, home: str, name: str, now: datetime) -> str:
    """Return a fresh secret, as it is shown once, that opens the calendars of `home` from now on.

    Raises NotFound, Invalid or Conflict for a name that is in use. The name is written first: a crash leaves one that
    opens nothing, which the next `make` with this name replaces.
    """
    name = one_line(name)
    host = find(ports, home)
    if found := name_faults(name):
        raise Invalid("This app password cannot be made.", found)
    kept = await ports.ledger.app_passwords(host.home)
    if len(kept) >= PER_HOST_MAX:
        raise Conflict(f"{host.home} has {PER_HOST_MAX} app passwords, which is all there can be.")
    id_, secret = ports.ids.secret(), ports.ids.app_password()
    live = {one.id for one in kept}
    await change(ports, home, lambda host: replace(host, app_passwords=_with(host, live, id_, name)))
    password = AppPassword(id_, host.home, _digest(ports, host.home, secret), int(now.timestamp()))
    await ports.ledger.add_app_password(password)
    return written(secret)


async def listed(ports: Ports, home: str) -> Sequence[Listed]:
    """Return the app passwords of a host by age; last those that only their names are left of. Raises NotFound."""
    host = find(ports, home)
    names = {one.id: one.name for one in host.app_passwords}
    kept = await ports.ledger.app_passwords(host.home)
    found = [Listed(names.pop(one.id, one.id), one) for one in kept]
    return [*found, *(Listed(name, None) for name in names.values())]


async def revoke(ports: Ports, home: str, name: str) -> None:
    """Take an app password back, named by its name or its id: it opens nothing any more. Raises NotFound."""
    host = find(ports, home)
    named = {one.id for one in host.app_passwords if name in (one.name, one.id)}
    kept = {one.id for one in await ports.ledger.app_passwords(host.home)}
    if not named and name not in kept:
        raise NotFound(f"{host.home} has no app password “{name}”.")
    for id_ in named | ({name} & kept):
        await ports.ledger.revoke_app_password(id_)
    await change(ports, home, lambda host: replace(host, app_passwords=_without(host, named)))


def _with(host: Host, live: set[str], id_: str, name: str) -> tuple[NamedPassword, ...]:
    """Return the names of a host with one more, in the place of one that opens nothing."""
    same = [one for one in host.app_passwords if one.name == name]
    if any(one.id in live for one in same):
        raise Conflict(f"{host.home} has an app password “{name}” already: revoke it, or take another name.")
    return (*_without(host, {one.id for one in same}), NamedPassword(id_, name))


def _without(host: Host, ids: set[str]) -> tuple[NamedPassword, ...]:
    return tuple(one for one in host.app_passwords if one.id not in ids)


def _digest(ports: Ports, home: Home, secret: str) -> str:
    return digest(ports.secret_key, home, secret)
