"""Invites as files: what a person can read, copy, break and mend."""

import json
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.homes import FileHomes
from server.adapters.homes.files import HomesRefused, Layout
from server.domain.errors import Unavailable
from tests.builders import NOW, invite
from tests.contracts.ledger_steps import ALICE

FULL = replace(
    invite(message="Grüße\nand more", uses_max=7),
    language="de",
    revoked_at=NOW + timedelta(days=1),
    generation=3,
)


@pytest.fixture
async def homes(tmp_path: Path) -> AsyncIterator[FileHomes]:
    opened = await FileHomes.open(tmp_path)
    yield opened
    opened.close()


def file_of(folder: Path, number: int = 1) -> Path:
    return Layout(folder).invite(invite(number))


def change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **fields}), "utf-8")


async def faults(folder: Path) -> list[str]:
    reopened = await FileHomes.open(folder)
    reopened.close()
    return [str(one) for one in reopened.faults]


async def test_an_invite_is_as_it_was_after_a_restart(homes: FileHomes, tmp_path: Path) -> None:
    saved = await homes.save_invites([FULL, invite(2)])
    reopened = await FileHomes.open(tmp_path)
    reopened.close()
    assert list(reopened.invites(ALICE)) == list(saved)
    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o600


async def test_a_home_that_is_copied_takes_its_invites_along(homes: FileHomes, tmp_path: Path) -> None:
    await homes.save_invites([invite()])
    folder = Layout(tmp_path).homes
    (folder / "alice").rename(folder / "carol")
    reopened = await FileHomes.open(tmp_path)
    reopened.close()
    found = reopened.invite(invite().id)
    assert found is not None
    assert found.home == "carol"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"uses_max": 0}, "uses_max must be between"),
        ({"expires_at": "2026-03-02T09:00:00"}, "expires_at must be an instant with an offset"),
        ({"email": "ivy"}, "email must be a mail address"),
        ({"message": 7}, "it cannot be understood"),
        ({"format": None}, 'it has no "format"'),
    ],
)
async def test_a_broken_invite_is_a_fault_and_opens_nothing(
    homes: FileHomes, tmp_path: Path, fields: dict[str, object], said: str
) -> None:
    await homes.save_invites([invite(), invite(2)])
    change(file_of(tmp_path), **fields)
    (fault,) = await faults(tmp_path)
    assert said in fault
    with pytest.raises(Unavailable):
        await homes.save_invites([replace(invite(), revision=1)])


async def test_an_invite_under_another_name_or_in_two_homes_is_a_fault(
    homes: FileHomes, tmp_path: Path
) -> None:
    await homes.save_invites([invite()])
    path = file_of(tmp_path)
    path.with_name("copy.json").write_bytes(path.read_bytes())
    twin = Layout(tmp_path).homes / "bob" / ".Daybook" / "invites" / path.name
    twin.parent.mkdir(parents=True)
    twin.write_bytes(path.read_bytes())
    first, second = sorted(await faults(tmp_path))
    assert "must be the invite's id" in first
    assert "has the same name" in second


async def test_an_invite_of_a_newer_daybook_is_refused_at_start(homes: FileHomes, tmp_path: Path) -> None:
    await homes.save_invites([invite()])
    change(file_of(tmp_path), format=99)
    with pytest.raises(HomesRefused, match="newer Daybook"):
        await FileHomes.open(tmp_path)


async def test_of_a_list_that_the_disk_refuses_nobody_is_invited(homes: FileHomes, tmp_path: Path) -> None:
    await homes.save_invites([invite(9)])
    unfinished = file_of(tmp_path, 3)
    unfinished.with_name(f".{unfinished.name}.unfinished").mkdir()
    with pytest.raises(Unavailable):
        await homes.save_invites([invite(number) for number in (1, 2, 3, 4)])
    assert [one.id for one in homes.invites(ALICE)] == [invite(9).id]
    assert [path.name for path in unfinished.parent.glob("*.json")] == [file_of(tmp_path, 9).name]
