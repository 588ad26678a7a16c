"""`ports.Homes` over files: reads from the catalogue, writes in a thread of its own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from server.adapters.catalogue import Catalogue
from server.adapters.durable import make_folder, replace_file, sync_folder
from server.adapters.homes import files
from server.adapters.homes.files import Broken, Layout
from server.adapters.homes.load import load
from server.adapters.homes.numbers import write_last_number
from server.domain.errors import Unavailable
from server.domain.event_type import EventType
from server.domain.host import Host
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
        self.event_types = self._catalogue.event_types
        self.event_type = self._catalogue.event_type
        self.event_type_by_id = self._catalogue.event_type_by_id
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

    async def save_event_type(self, event_type: EventType) -> EventType:
        """Write the event type if its stored revision is still its own; a slug taken by another raises `Invalid`."""
        return await self._run(lambda: self._save_event_type(event_type))

    async def delete_event_type(self, event_type: EventType) -> None:
        """Remove the event type's file; its number is not given again."""
        await self._run(lambda: self._delete_event_type(event_type))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except OSError as error:
            raise Unavailable(f"The profiles cannot be read or written now ({error.strerror}).") from error

    # What follows runs in the one thread of this object: what is compared there is still so when it is written.

    def _load(self) -> None:
        self._last_number, self.faults = load(self._layout, self._catalogue)

    def _save_host(self, host: Host) -> Host:
        path = self._layout.profile(host.home)
        _demand_revision(_readable(files.read_host, path), host.revision)
        saved = replace(host, revision=host.revision + 1)
        self._keep_number(host.number)
        _write(path, files.write_host(saved))
        self._catalogue.put_host(saved)
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


def _demand_revision(stored: Host | EventType | None, revision: int) -> None:
    if (0 if stored is None else stored.revision) != revision:
        raise RevisionMismatch
