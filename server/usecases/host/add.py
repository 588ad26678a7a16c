"""Add a host: a home with its calendars, a profile, and a password for CalDAV clients."""

from dataclasses import dataclass, replace

from server.domain.errors import Conflict, Invalid
from server.domain.host import Host, faults
from server.ports import Ports, RevisionMismatch
from server.usecases.host.password import refuse_weak


@dataclass(frozen=True, slots=True)
class Added:
    """A new host with the password that opens their calendars; it is kept nowhere in clear."""

    host: Host
    password: str


async def add(ports: Ports, draft: Host, password: str | None = None) -> Added:
    """Create the home of `draft`, which gets its number here, and a password where none is given.

    Raises Invalid with fields, or Conflict when the home is taken. A crash before the password is set leaves a host without
    one, whom `password.renew` gives it.
    """
    found = dict(faults(draft))
    if password is not None:
        found |= refuse_weak(password)
    if found:
        raise Invalid("This host cannot be added.", found)
    if ports.homes.host(draft.home) is not None:
        raise Conflict(f"There is a host {draft.home} already.")
    if ports.homes.team(draft.home) is not None:
        raise Conflict(f"There is a team {draft.home} already.")
    await ports.calendars.create_home(draft.home)
    try:
        host = await ports.homes.save_host(replace(draft, number=ports.homes.next_number(), revision=0))
    except RevisionMismatch as error:
        raise Conflict(f"There is a host {draft.home} already.") from error
    # Last, so that of two who add the same home at once only the one who got it sets its password.
    secret = password or ports.ids.secret()
    await ports.accounts.set_password(draft.home, secret)
    return Added(host, secret)
