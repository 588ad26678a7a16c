"""The commands of the README work, in their order, on an empty data directory."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.settings.load import names
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(folder: Path) -> list[list[str]]:
    """Return the words of each `daybook` command, with the dates of bookings two weeks from now, and `folder` for /var."""
    (block,) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    first = datetime.now(UTC).date() + timedelta(days=14)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7)
    block = block.replace("--date 2026-12-01", f"--date {tuesday}")
    block = block.replace("/var/", f"{folder}/")
    block = block.replace("--date 2026-12-02", f"--date {tuesday + timedelta(days=1)}")
    return [shlex.split(line)[1:] for line in block.splitlines() if line]


def test_every_command_of_the_readme_succeeds(tmp_path: Path) -> None:
    """S1.71: `booking create` among them."""
    shell = Shell(tmp_path / "data")
    (tmp_path / "tmp").mkdir()
    named = {"BOOKING": "", "INVITE": ""}
    for words in commands(tmp_path):
        text = shell.run(*(named.get(word, word) for word in words))
        for name, prefix in (("BOOKING", "bk"), ("INVITE", "inv")):
            found = re.search(rf"\b{prefix}_[a-z2-7]{{16}}\b", text)
            named[name] = found[0] if found else named[name]
    assert all(named.values())


def test_every_picture_of_the_readme_is_there_and_has_words_for_those_who_do_not_see_it() -> None:
    pictures = re.findall(r"<img ([^>]*)>", README)
    assert len(pictures) >= 4
    for attributes in pictures:
        (source,) = re.findall(r'src="([^"]+)"', attributes)
        assert (ROOT / source).is_file()
        assert re.search(r'alt="[^"]{10,}"', attributes)


def test_the_readme_shows_every_group_of_commands(tmp_path: Path) -> None:
    assert {words[0] for words in commands(tmp_path)} == {
        "host",
        "app-password",
        "api-key",
        "event-type",
        "team",
        "booking",
        "invite",
        "jobs",
        "calendar",
        "mail",
        "check",
        "backup",
        "restore",
        "rebuild",
    }


@pytest.mark.parametrize("name", ["config/deploy/Caddyfile", "config/deploy/nginx.conf", "README.md"])
def test_settings_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    variables = {word.lower() for word in re.findall(r"DAYBOOK_([A-Z_]+)", text)}
    written = set(re.findall(r"^#\s+([a-z_]+) = ", text, re.MULTILINE))
    assert variables | written
    assert variables | written <= {one.replace(".", "_") for one in names()}
