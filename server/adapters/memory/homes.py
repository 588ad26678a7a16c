"""Profiles, teams and event types in memory."""

from collections.abc import Sequence
from dataclasses import replace

from server.adapters.catalogue import Catalogue
from server.domain.errors import Conflict
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.invites import Invite
from server.domain.team import Team
from server.ports import HomeFault, RevisionMismatch


class MemoryHomes:
    """A catalogue that nothing keeps."""

    def __init__(self) -> None:
        self._catalogue = Catalogue()
        self.faults: Sequence[HomeFault] = ()
        self.hosts = self._catalogue.hosts
        self.host = self._catalogue.host
        self.teams = self._catalogue.teams
        self.team = self._catalogue.team
        self.teams_of = self._catalogue.teams_of
        self.event_types = self._catalogue.event_types
        self.event_type = self._catalogue.event_type
        self.event_type_by_id = self._catalogue.event_type_by_id
        self.invite = self._catalogue.invite
        self.invites = self._catalogue.invites
        self.version = self._catalogue.version
        self.next_number = self._catalogue.next_number

    async def save_host(self, host: Host) -> Host:
        """Keep the profile if the kept revision is still `host.revision`; return it one revision further."""
        if self._catalogue.team(host.home) is not None:
            raise Conflict(f"There is a team {host.home} already.")
        _demand_revision(self._catalogue.host(host.home), host.revision)
        saved = replace(host, revision=host.revision + 1)
        self._catalogue.put_host(saved)
        return saved

    async def save_team(self, team: Team) -> Team:
        """Keep the team if the kept revision is still `team.revision`; return it one revision further."""
        if self._catalogue.host(team.home) is not None:
            raise Conflict(f"There is a host {team.home} already.")
        _demand_revision(self._catalogue.team(team.home), team.revision)
        saved = replace(team, revision=team.revision + 1)
        self._catalogue.put_team(saved)
        return saved

    async def save_event_type(self, event_type: EventType) -> EventType:
        """Keep the event type if the kept revision is still its own; a slug taken by another raises `Invalid`."""
        _demand_revision(self._catalogue.event_type_by_id(event_type.id), event_type.revision)
        self._catalogue.demand_free_slug(event_type)
        saved = replace(event_type, revision=event_type.revision + 1)
        self._catalogue.put_event_type(saved)
        return saved

    async def delete_event_type(self, event_type: EventType) -> None:
        """Forget the event type."""
        self._catalogue.drop_event_type(event_type)

    async def save_invites(self, invites: Sequence[Invite]) -> Sequence[Invite]:
        """Keep all the invites or none; each must still be kept at its revision."""
        for one in invites:
            _demand_revision(self._catalogue.invite(one.id), one.revision)
        saved = [replace(one, revision=one.revision + 1) for one in invites]
        for one in saved:
            self._catalogue.put_invite(one)
        return saved

    async def delete_invites(self, invites: Sequence[Invite]) -> None:
        """Forget the invites."""
        for one in invites:
            self._catalogue.drop_invite(one)


def _demand_revision(kept: Host | Team | EventType | Invite | None, revision: int) -> None:
    if (0 if kept is None else kept.revision) != revision:
        raise RevisionMismatch
