"""A backup is put in place whole, or nothing is."""

import json
import stat
from pathlib import Path

import pytest

from server.adapters.backups import RestoreRefused, checksums, restore
from server.adapters.data_dir import DataDir, DataDirRefused
from server.domain.errors import Conflict, Invalid, Unavailable
from tests.builders import NOW
from tests.installations import ALICE, book, installation, settle_alice


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """Return a backup of an installation with one booking."""
    async with installation(tmp_path / "data") as parts:
        await settle_alice(parts.ports)
        await book(parts.ports, 1)
        await parts.ports.backups.make(tmp_path / "backup", NOW)
    return tmp_path / "backup"


def put_back(backup: Path, data: Path) -> None:
    with DataDir.own(data, to_restore=True) as owned:
        restore(backup, owned, lambda _: None)


def resummed(backup: Path, name: str, text: bytes) -> None:
    """Change a file of a backup, and its checksum with it."""
    sums = dict(checksums.read(backup / checksums.FILE))
    (backup / name).parent.mkdir(parents=True, exist_ok=True)
    (backup / name).write_bytes(text)
    sums[name] = checksums.checksum(text)
    (backup / checksums.FILE).write_bytes(checksums.written(sums))


async def test_what_was_restored_is_what_was_there(backup: Path, tmp_path: Path) -> None:
    put_back(backup, tmp_path / "new")
    async with installation(tmp_path / "data") as old, installation(tmp_path / "new") as new:
        assert new.ports.homes.hosts() == old.ports.homes.hosts()
        assert new.ports.calendars.rows(ALICE) == old.ports.calendars.rows(ALICE)
        assert await new.ports.ledger.bookings() == await old.ports.ledger.bookings()
        assert new.ports.secret_key == old.ports.secret_key
        assert await new.ports.accounts.verify("alice", "alice's password")


def test_backup_and_restored_directory_are_for_their_owner_alone(backup: Path, tmp_path: Path) -> None:
    put_back(backup, tmp_path / "new")
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in (backup, *backup.rglob("*"), tmp_path / "new")
    }
    assert [path for path, mode in modes.items() if mode & 0o077] == []


@pytest.mark.parametrize("name", [checksums.FILE, "backup.json", "ledger.db", "secret.key"])
def test_a_backup_that_lacks_something_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    (backup / name).unlink()
    with pytest.raises(RestoreRefused):
        put_back(backup, tmp_path / "new")
    assert not (tmp_path / "new/ledger.db").exists()


def test_one_changed_byte_is_noticed_and_named(backup: Path, tmp_path: Path) -> None:
    (one,) = (backup / "collections/collection-root/alice/calendar").glob("*.ics")
    one.write_bytes(one.read_bytes().replace(b"Gus", b"Gas"))
    with pytest.raises(RestoreRefused, match=one.name):
        put_back(backup, tmp_path / "new")


@pytest.mark.parametrize("name", ["../outside", "collections/../../outside", "/etc/outside", "control.sock"])
def test_a_backup_that_names_what_is_not_its_own_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    sums = dict(checksums.read(backup / checksums.FILE)) | {name: "0" * 64}
    (backup / checksums.FILE).write_bytes(checksums.written(sums))
    with pytest.raises(RestoreRefused, match="outside"):
        put_back(backup, tmp_path / "new")


def test_a_backup_of_a_newer_daybook_is_refused_with_the_way_out(backup: Path, tmp_path: Path) -> None:
    description = json.loads((backup / "backup.json").read_text())
    resummed(backup, "backup.json", json.dumps(description | {"format": 9}).encode())
    with pytest.raises(RestoreRefused, match="Install that release"):
        put_back(backup, tmp_path / "new")


@pytest.mark.parametrize(
    "name", ["ledger.db", "secret.key", "collections/collection-root/bob/x", "mail/1.eml", "control.sock"]
)
def test_a_directory_that_holds_something_is_left_alone(backup: Path, tmp_path: Path, name: str) -> None:
    (path := tmp_path / "new" / name).parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(RestoreRefused, match="not empty"):
        put_back(backup, tmp_path / "new")
    assert path.read_text() == "mine"


async def test_a_restore_that_was_cut_short_is_done_again_and_nothing_starts_meanwhile(
    backup: Path, tmp_path: Path
) -> None:
    def interrupted(_: DataDir) -> None:
        raise KeyboardInterrupt

    with DataDir.own(tmp_path / "new", to_restore=True) as owned, pytest.raises(KeyboardInterrupt):
        restore(backup, owned, interrupted)
    with pytest.raises(DataDirRefused, match="cut short"), DataDir.own(tmp_path / "new"):
        pass
    put_back(backup, tmp_path / "new")
    async with installation(tmp_path / "new") as parts:
        assert len(await parts.ports.ledger.bookings()) == 1


async def test_a_backup_needs_a_folder_of_its_own_with_a_whole_path(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    async with installation(tmp_path / "data") as parts:
        backups = parts.ports.backups
        with pytest.raises(Conflict, match="not empty"):
            await backups.make(tmp_path / "full", NOW)
        with pytest.raises(Invalid):
            await backups.make(Path("relative"), NOW)
        with pytest.raises(Invalid):
            await backups.make(tmp_path / "data/collections/collection-root/alice", NOW)


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with installation(tmp_path / "data") as parts:
        with pytest.raises(Unavailable, match="file"):
            await parts.ports.backups.make(tmp_path / "file/backup", NOW)
