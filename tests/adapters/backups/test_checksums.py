"""The list of what a backup holds."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from server.adapters.backups import checksums

NAMES = ["plain.ics", "with blank.ics", "back\\slash.ics", "line\nfeed", "über.ics", os.fsdecode(b"\xff.ics")]


def test_every_name_comes_back(tmp_path: Path) -> None:
    sums = {name: checksums.checksum(name.encode("utf-8", "surrogateescape")) for name in NAMES}
    (tmp_path / checksums.FILE).write_bytes(checksums.written(sums))
    assert checksums.read(tmp_path / checksums.FILE) == sums


@pytest.mark.parametrize("text", [b"", b"nonsense\n", b"0" * 63 + b"  name\n"])
def test_what_is_no_list_is_told(tmp_path: Path, text: bytes) -> None:
    (tmp_path / checksums.FILE).write_bytes(text)
    with pytest.raises(ValueError, match="no checksum"):
        checksums.read(tmp_path / checksums.FILE)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_the_usual_program_reads_the_list(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(b"text")
    sums = {name: checksums.checksum(b"text") for name in NAMES}
    (tmp_path / checksums.FILE).write_bytes(checksums.written(sums))
    check = ("sha256sum", "--check", "--strict", "--quiet", checksums.FILE)
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / NAMES[2]).write_bytes(b"another")
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 1
