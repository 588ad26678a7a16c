"""Create a team: a home of its own, without calendars and without a password."""

from dataclasses import replace

from server.domain.errors import Conflict, Invalid
from server.domain.team import Team, faults
from server.ports import Ports, RevisionMismatch
from server.usecases.team.members import unknown_hosts


async def create(ports: Ports, draft: Team) -> Team:
    """Save `draft`, which gets its number here, as a new team; raises Invalid with fields, or Conflict for a taken home."""
    found = {**unknown_hosts(ports, [one.home for one in draft.members]), **faults(draft)}
    if found:
        raise Invalid("This team cannot be created.", found)
    taken = Conflict(f"There is a team {draft.home} already.")
    if ports.homes.team(draft.home) is not None:
        raise taken
    # Also those of somebody whose profile cannot be read.
    if ports.homes.host(draft.home) is not None or ports.calendars.names(draft.home):
        raise Conflict(f"{draft.home} is the home of a host: a team needs a name of its own.")
    try:
        return await ports.homes.save_team(replace(draft, number=ports.homes.next_number(), revision=0))
    except RevisionMismatch as error:
        raise taken from error
