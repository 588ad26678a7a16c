"""Change a host's profile."""

from collections.abc import Callable, Iterable, Mapping

from server.domain.errors import ChangedMeanwhile, Invalid
from server.domain.host import Host, faults
from server.domain.identity import Home
from server.ports import Ports, RevisionMismatch
from server.usecases.host.find import find

ATTEMPTS_MAX = 4


async def change(ports: Ports, home: str, edit: Callable[[Host], Host]) -> Host:
    """Save what the pure function `edit` makes of the profile; raises NotFound, Invalid or ChangedMeanwhile."""
    for _ in range(ATTEMPTS_MAX):
        after = edit(find(ports, home))
        found = {
            **faults(after),
            **unknown_calendars(ports, after.home, blocking=after.blocking, receiving=after.receiving),
        }
        if found:
            raise Invalid("This profile cannot be saved.", found)
        try:
            return await ports.homes.save_host(after)
        except RevisionMismatch:
            continue
    raise ChangedMeanwhile("This profile is being changed by somebody else. Please try again.")


def unknown_calendars(
    ports: Ports, home: Home, *, blocking: Iterable[str] | None, receiving: str | None
) -> Mapping[str, str]:
    """Return a fault for each field that names a calendar which the home does not have."""
    names = ports.calendars.names(home)
    there = f"must be among this home's calendars: {', '.join(sorted(names))}"
    found = {}
    if not set(blocking or ()) <= set(names):
        found["blocking"] = there
    if receiving is not None and receiving not in names:
        found["receiving"] = there
    return found
