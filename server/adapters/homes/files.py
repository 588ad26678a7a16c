"""One file, one value: where it lies, how it reads, and what is wrong with it when it does not.

    <folder>/collection-root/<home>/.Daybook/profile.json
    <folder>/collection-root/<home>/.Daybook/team.json
    <folder>/collection-root/<home>/.Daybook/event-types/<id>.json
    <folder>/collection-root/<home>/.Daybook/invites/<id>.json
    <folder>/.Daybook/numbers.json

Home and id are what folder and file are called, and are not repeated inside: a home that is copied or renamed is whole.
A home has a profile or a team, never both.
Radicale shows no folder whose name begins with a dot to anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from server.adapters.homes.upgrades import (
    EVENT_TYPE,
    INVITE,
    PROFILE,
    TEAM,
    Document,
    FormatRefused,
    FormatTooNew,
    Upgrade,
    newest,
    upgrade,
)
from server.domain import event_type as event_types
from server.domain import host as hosts
from server.domain import invites
from server.domain import team as teams
from server.domain.errors import Unavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.invites import Invite, is_invite_id
from server.domain.team import Team
from server.domain.zones import is_zone

V = TypeVar("V")

OWN = ".Daybook"


class Broken(Exception):
    """A file cannot be read as what it should be; the message says what to do."""


class HomesRefused(Unavailable):
    """A later release wrote here: served by this one, the homes would lose what it does not know of."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below Radicale's `filesystem_folder`."""

    folder: Path

    @property
    def homes(self) -> Path:
        """Return the folder that holds the homes."""
        return self.folder / "collection-root"

    @property
    def numbers(self) -> Path:
        """Return the file that holds the highest number that was ever given."""
        return self.folder / OWN / "numbers.json"

    def profile(self, home: Home) -> Path:
        """Return the file of a host's profile."""
        return self.homes / home / OWN / "profile.json"

    def team(self, home: Home) -> Path:
        """Return the file of a team."""
        return self.homes / home / OWN / "team.json"

    def event_types(self, home: Home) -> Path:
        """Return the folder of a home's event types."""
        return self.homes / home / OWN / "event-types"

    def event_type(self, event_type: EventType) -> Path:
        """Return the file of an event type."""
        return self.event_types(event_type.home) / f"{event_type.id}.json"

    def invites(self, home: Home) -> Path:
        """Return the folder of the invites to a home's event types."""
        return self.homes / home / OWN / "invites"

    def invite(self, invite: Invite) -> Path:
        """Return the file of an invite."""
        return self.invites(invite.home) / f"{invite.id}.json"


def write_host(host: Host) -> bytes:
    """Return the text of a profile."""
    return _write(host, PROFILE, without=("home",))


def write_team(team: Team) -> bytes:
    """Return the text of a team."""
    return _write(team, TEAM, without=("home",))


def write_event_type(event_type: EventType) -> bytes:
    """Return the text of an event type."""
    return _write(event_type, EVENT_TYPE, without=("home", "id", "co_hosts", "cast"))


def write_invite(invite: Invite) -> bytes:
    """Return the text of an invite."""
    return _write(invite, INVITE, without=("home", "id"))


def read_host(path: Path) -> Host | None:
    """Return the host whose profile is at `path`, None when there is none; raises Broken or HomesRefused."""
    host = _read(path, Host, PROFILE, {"home": path.parent.parent.name})
    if host is not None:
        _refuse(hosts.faults(host))
    return host


def read_team(path: Path) -> Team | None:
    """Return the team whose file is at `path`, None when there is none; raises Broken or HomesRefused."""
    team = _read(path, Team, TEAM, {"home": path.parent.parent.name})
    if team is not None:
        _refuse(teams.faults(team))
    return team


def read_event_type(path: Path) -> EventType | None:
    """Return the event type that is at `path`, None when there is none; raises Broken or HomesRefused."""
    event_type = _read(path, EventType, EVENT_TYPE, {"home": path.parent.parent.parent.name, "id": path.stem})
    if event_type is not None:
        zone = (
            {}
            if event_type.zone is None or is_zone(event_type.zone)
            else {"zone": "must be an IANA time zone"}
        )
        _refuse({**event_types.faults(event_type), **zone})
    return event_type


def read_invite(path: Path) -> Invite | None:
    """Return the invite that is at `path`, None when there is none; raises Broken or HomesRefused."""
    invite = _read(path, Invite, INVITE, {"home": path.parent.parent.parent.name, "id": path.stem})
    if invite is not None:
        named = {} if is_invite_id(invite.id) else {"the file's name": "must be the invite's id"}
        _refuse({**invites.faults(invite), **named})
    return invite


def _write(
    value: Host | Team | EventType | Invite, chain: Sequence[Upgrade], without: Sequence[str]
) -> bytes:
    fields = cast(Mapping[str, object], msgspec.to_builtins(value))
    kept = {name: field for name, field in fields.items() if name not in without}
    text = msgspec.json.encode({"format": newest(chain), **kept})
    return msgspec.json.format(text, indent=2) + b"\n"


def _read(path: Path, kind: type[V], chain: Sequence[Upgrade], from_path: Mapping[str, str]) -> V | None:
    try:
        document = msgspec.json.decode(path.read_bytes(), type=Document)
        return msgspec.convert({**upgrade(document, chain), **from_path}, kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Broken(f"it cannot be read ({error.strerror}): make it this user's own") from error
    except FormatTooNew as error:
        raise HomesRefused(f"{path} cannot be used: {error}, or put a backup in place.") from error
    except FormatRefused as error:
        raise Broken(str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Broken(
            f"it cannot be understood ({error}): correct it, or put it back from a backup"
        ) from error


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        said = "; ".join(f"{name} {what}" for name, what in wrong.items())
        raise Broken(f"{said}: correct it, or put it back from a backup")
