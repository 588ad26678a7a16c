"""Change what a team says of itself, switch it off, or on again."""

from collections.abc import Callable
from dataclasses import replace

from server.domain.errors import ChangedMeanwhile, Invalid
from server.domain.team import Team, faults
from server.ports import Ports, RevisionMismatch
from server.usecases.team.find import find

ATTEMPTS_MAX = 4


async def change(ports: Ports, home: str, edit: Callable[[Team], Team]) -> Team:
    """Save what the pure function `edit` makes of the team; raises NotFound, Invalid or ChangedMeanwhile."""
    for _ in range(ATTEMPTS_MAX):
        after = edit(find(ports, home))
        found = faults(after)
        if found:
            raise Invalid("This team cannot be saved.", found)
        try:
            return await ports.homes.save_team(after)
        except RevisionMismatch:
            continue
    raise ChangedMeanwhile("This team is being changed by somebody else. Please try again.")


async def disable(ports: Ports, home: str, *, disabled: bool = True) -> Team:
    """Close the pages of a team, or open them again; its bookings stay. Raises NotFound or ChangedMeanwhile."""
    return await change(ports, home, lambda team: replace(team, disabled=disabled))
