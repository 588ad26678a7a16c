"""All hosts, teams, event types and invites of the installation, in memory.

Values are immutable and replaced whole, so readers in any thread take no lock. One writer at a time is its owner's duty.
"""

from collections.abc import Sequence

from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.invites import Invite
from server.domain.team import Team


class Catalogue:
    """What `ports.Homes` answers without waiting."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self._teams: dict[str, Team] = {}
        self._event_types: dict[str, tuple[EventType, ...]] = {}
        self._by_slug: dict[str, dict[str, EventType]] = {}
        self._by_id: dict[str, EventType] = {}
        self._invites: dict[str, dict[str, Invite]] = {}
        self._invite_homes: dict[str, Home] = {}
        self._versions: dict[str | None, int] = {}
        self._last_number = 0

    def hosts(self) -> Sequence[Host]:
        """Return all hosts by home, disabled ones included."""
        return sorted(self._hosts.values(), key=lambda host: host.home)

    def host(self, home: str) -> Host | None:
        """Return the host of `home`, disabled or not."""
        return self._hosts.get(home)

    def teams(self) -> Sequence[Team]:
        """Return all teams by home, disabled ones included."""
        return sorted(self._teams.values(), key=lambda team: team.home)

    def team(self, home: str) -> Team | None:
        """Return the team of `home`, disabled or not."""
        return self._teams.get(home)

    def teams_of(self, home: str) -> Sequence[Team]:
        """Return the teams that a host is a member of, active or not, by home."""
        return [team for team in self.teams() if team.member(home) is not None]

    def event_types(self, home: Home) -> Sequence[EventType]:
        """Return the event types of a home by number, disabled ones included."""
        return self._event_types.get(home, ())

    def event_type(self, home: str, slug: str) -> EventType | None:
        """Return one event type of a home."""
        return self._by_slug.get(home, {}).get(slug)

    def event_type_by_id(self, id_: str) -> EventType | None:
        """Return an event type by its `evt_…` id."""
        return self._by_id.get(id_)

    def invite(self, id_: str) -> Invite | None:
        """Return an invite by its `inv_…` id."""
        home = self._invite_homes.get(id_)
        return None if home is None else self._invites[home].get(id_)

    def invites(self, home: Home) -> Sequence[Invite]:
        """Return the invites to the event types of a home, oldest first."""
        return sorted(self._invites.get(home, {}).values(), key=lambda one: (one.made_at, one.id))

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever the host, the team or an event type of `home`, None: of any, is put or dropped.

        A team's rises with its members' profiles too: what it offers is made of them.
        """
        return self._versions.get(home, 0)

    def next_number(self) -> int:
        """Return a number that was neither put nor returned before."""
        self._last_number += 1
        return self._last_number

    def skip_numbers(self, last: int) -> None:
        """Never return `last` or a lower number."""
        self._last_number = max(self._last_number, last)

    def put_host(self, host: Host) -> None:
        """Make `host` what is known of its home."""
        self._hosts[host.home] = host
        self.skip_numbers(host.number)
        self._touch(host.home)
        for team in self.teams_of(host.home):
            self._touch(team.home)

    def put_team(self, team: Team) -> None:
        """Make `team` what is known of its home."""
        self._teams[team.home] = team
        self.skip_numbers(team.number)
        self._touch(team.home)

    def put_event_type(self, event_type: EventType) -> None:
        """Make `event_type` what is known under its id."""
        others = self._others(event_type)
        self._keep(event_type.home, sorted((*others, event_type), key=lambda kind: kind.number))
        self._by_id[event_type.id] = event_type
        self.skip_numbers(event_type.number)
        self._touch(event_type.home)

    def drop_event_type(self, event_type: EventType) -> None:
        """Forget an event type, but not that its number is used."""
        self._keep(event_type.home, self._others(event_type))
        self._by_id.pop(event_type.id, None)
        self._touch(event_type.home)

    def put_invite(self, invite: Invite) -> None:
        """Make `invite` what is known under its id; what is offered does not change by it, so no version rises."""
        # One entry at a time, not the whole replaced: a thousand invites are put as fast as the first.
        self._invites.setdefault(invite.home, {})[invite.id] = invite
        self._invite_homes[invite.id] = invite.home

    def drop_invite(self, invite: Invite) -> None:
        """Forget an invite."""
        self._invites.get(invite.home, {}).pop(invite.id, None)
        self._invite_homes.pop(invite.id, None)

    def demand_free_slug(self, event_type: EventType) -> None:
        """Raise Invalid when another event type of the home has this slug."""
        if any(kind.slug == event_type.slug for kind in self._others(event_type)):
            raise Invalid(
                "Another event type has this address already.",
                {"slug": f"is taken: {event_type.home}/{event_type.slug} is another event type"},
            )

    def _keep(self, home: Home, kinds: Sequence[EventType]) -> None:
        self._event_types[home] = tuple(kinds)
        # Every page and every answer about slots begins with this look-up.
        self._by_slug[home] = {kind.slug: kind for kind in kinds}

    def _others(self, event_type: EventType) -> tuple[EventType, ...]:
        known = self._event_types.get(event_type.home, ())
        return tuple(kind for kind in known if kind.id != event_type.id)

    def _touch(self, home: Home) -> None:
        for touched in (home, None):
            self._versions[touched] = self._versions.get(touched, 0) + 1
