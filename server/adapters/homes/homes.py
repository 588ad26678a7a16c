"""`ports.Homes` over files: reads from the catalogue, writes in a thread of its own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from server.adapters.catalogue import Catalogue
from server.adapters.durable import make_folder, replace_file, replace_files, sync_folder
from server.adapters.homes import files
from server.adapters.homes.files import Broken, Layout
from server.adapters.homes.load import load
from server.adapters.homes.numbers import write_last_number
from server.domain.errors import Conflict, Unavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.invites import Invite
from server.domain.team import Team
from server.ports import HomeFault, RevisionMismatch

T = TypeVar("T")


class FileHomes:
    """Everything that was readable at `open` or saved since; `faults` tells what was not."""

    def __init__(self, layout: Layout, thread: ThreadPoolExecutor) -> None:
        self._layout = layout
        self._thread = thread
        self._last_number = 0
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

    @classmethod
    async def open(cls, folder: Path) -> "FileHomes":
        """Read the homes in Radicale's `filesystem_folder`; a broken file is a fault and stops no other.

        Raises HomesRefused when a later release has written here.
        """
        homes = cls(Layout(folder), ThreadPoolExecutor(1, thread_name_prefix="homes"))
        try:
            await homes._run(homes._load)
        except BaseException:
            homes.close()
            raise
        return homes

    def close(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown(wait=True)

    async def save_host(self, host: Host) -> Host:
        """Write the profile if its stored revision is still `host.revision`; return it one revision further."""
        return await self._run(lambda: self._save_host(host))

    async def save_team(self, team: Team) -> Team:
        """Write the team if its stored revision is still `team.revision`; return it one revision further."""
        return await self._run(lambda: self._save_team(team))

    async def save_event_type(self, event_type: EventType) -> EventType:
        """Write the event type if its stored revision is still its own; a slug taken by another raises `Invalid`."""
        return await self._run(lambda: self._save_event_type(event_type))

    async def delete_event_type(self, event_type: EventType) -> None:
        """Remove the event type's file; its number is not given again."""
        await self._run(lambda: self._delete_event_type(event_type))

    async def save_invites(self, invites: Sequence[Invite]) -> Sequence[Invite]:
        """Write all the invites or none; each must still be stored at its revision."""
        return await self._run(lambda: self._save_invites(invites))

    async def delete_invites(self, invites: Sequence[Invite]) -> None:
        """Remove the invites' files."""
        await self._run(lambda: self._delete_invites(invites))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except OSError as error:
            raise Unavailable(f"The profiles cannot be read or written now ({error.strerror}).") from error

    # What follows runs in the one thread of this object: what is compared there is still so when it is written.

    def _load(self) -> None:
        self._last_number, self.faults = load(self._layout, self._catalogue)

    def _save_host(self, host: Host) -> Host:
        if self._layout.team(host.home).exists():  # one that cannot be read is one too
            raise Conflict(f"There is a team {host.home} already.")
        path = self._layout.profile(host.home)
        _demand_revision(_readable(files.read_host, path), host.revision)
        saved = replace(host, revision=host.revision + 1)
        self._keep_number(host.number)
        _write(path, files.write_host(saved))
        self._catalogue.put_host(saved)
        return saved

    def _save_team(self, team: Team) -> Team:
        if self._layout.profile(team.home).exists():
            raise Conflict(f"There is a host {team.home} already.")
        path = self._layout.team(team.home)
        _demand_revision(_readable(files.read_team, path), team.revision)
        saved = replace(team, revision=team.revision + 1)
        self._keep_number(team.number)
        _write(path, files.write_team(saved))
        self._catalogue.put_team(saved)
        return saved

    def _save_event_type(self, event_type: EventType) -> EventType:
        path = self._layout.event_type(event_type)
        _demand_revision(_readable(files.read_event_type, path), event_type.revision)
        self._catalogue.demand_free_slug(event_type)
        saved = replace(event_type, revision=event_type.revision + 1)
        self._keep_number(event_type.number)
        _write(path, files.write_event_type(saved))
        self._catalogue.put_event_type(saved)
        return saved

    def _delete_event_type(self, event_type: EventType) -> None:
        path = self._layout.event_type(event_type)
        if path.parent.is_dir():
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        self._catalogue.drop_event_type(event_type)

    def _save_invites(self, invites: Sequence[Invite]) -> Sequence[Invite]:
        for one in invites:
            _demand_revision(_readable(files.read_invite, self._layout.invite(one)), one.revision)
        saved = [replace(one, revision=one.revision + 1) for one in invites]
        for one in saved:
            make_folder(self._layout.invites(one.home))
        replace_files({self._layout.invite(one): files.write_invite(one) for one in saved})
        for one in saved:
            self._catalogue.put_invite(one)
        return saved

    def _delete_invites(self, invites: Sequence[Invite]) -> None:
        for one in invites:
            self._layout.invite(one).unlink(missing_ok=True)
            self._catalogue.drop_invite(one)
        for folder in {self._layout.invites(one.home) for one in invites}:
            if folder.is_dir():
                sync_folder(folder)

    def _keep_number(self, number: int) -> None:
        """Note the highest number before anything has it, so that it outlives the file that has it."""
        if number > self._last_number:
            make_folder(self._layout.numbers.parent)
            write_last_number(self._layout.numbers, number)
            self._last_number = number


def _write(path: Path, text: bytes) -> None:
    make_folder(path.parent)
    replace_file(path, text)


def _readable(read: Callable[[Path], T | None], path: Path) -> T | None:
    try:
        return read(path)
    except Broken as error:
        raise Unavailable(f"{path}: {error}") from error


def _demand_revision(stored: Host | Team | EventType | Invite | None, revision: int) -> None:
    if (0 if stored is None else stored.revision) != revision:
        raise RevisionMismatch
