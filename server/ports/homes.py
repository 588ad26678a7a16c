"""Profiles, teams and event types: files in the homes. A HOME is the folder of a host or a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.team import Team
from server.ports.invites import Invites


class RevisionMismatch(Exception):
    """The file was changed since it was read."""


@dataclass(frozen=True, slots=True)
class HomeFault:
    """A file of a home that could not be used, and what cures it."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Homes(Invites, Protocol):
    """Profiles, teams, event types and invites, kept as files in the homes and mirrored whole in memory."""

    @property
    def faults(self) -> Sequence[HomeFault]:
        """Return what could not be read when the homes were opened; the rest is as if it were not there."""
        ...

    def hosts(self) -> Sequence[Host]:
        """Return all hosts by home, disabled ones included."""
        ...

    def host(self, home: str) -> Host | None:
        """Return the host of `home`, disabled or not; None for a team's home too."""
        ...

    def teams(self) -> Sequence[Team]:
        """Return all teams by home, disabled ones included."""
        ...

    def team(self, home: str) -> Team | None:
        """Return the team of `home`, disabled or not; None for a host's home too."""
        ...

    def teams_of(self, home: str) -> Sequence[Team]:
        """Return the teams that a host is a member of, active or not, by home."""
        ...

    def event_types(self, home: Home) -> Sequence[EventType]:
        """Return the event types of a home by number, disabled ones included."""
        ...

    def event_type(self, home: str, slug: str) -> EventType | None:
        """Return one event type of a home."""
        ...

    def event_type_by_id(self, id_: str) -> EventType | None:
        """Return an event type by its `evt_…` id."""
        ...

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever the profile or an event type of `home` changes; a team's with its members' too.

        None asks of all homes at once.
        """
        ...

    def next_number(self) -> int:
        """Return a number that no host, team or event type of this installation has had."""
        ...

    async def save_host(self, host: Host) -> Host:
        """Write the profile if its stored revision is still `host.revision`; return it one revision further.

        A home that is a team's raises `Conflict`.
        """
        ...

    async def save_team(self, team: Team) -> Team:
        """Write the team if its stored revision is still `team.revision`; return it one revision further.

        A home that is a host's raises `Conflict`.
        """
        ...

    async def save_event_type(self, event_type: EventType) -> EventType:
        """Write the event type if its stored revision is still its own; a slug taken by another raises `Invalid`."""
        ...

    async def delete_event_type(self, event_type: EventType) -> None:
        """Remove the event type's file."""
        ...
