"""SHA256SUMS: what a backup holds, in the form that `sha256sum --check` reads."""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

FILE = "SHA256SUMS"


def checksum(data: bytes) -> str:
    """Return the checksum of a file's bytes."""
    return sha256(data).hexdigest()


def written(sums: Mapping[str, str]) -> bytes:
    """Return the text of the list, by name."""
    return b"".join(_line(name, sums[name]) for name in sorted(sums))


def read(path: Path) -> Mapping[str, str]:
    """Return the checksums in the list at `path`, by name; raises ValueError for a line that is none."""
    return dict(_read(path))


def _line(name: str, digest: str) -> bytes:
    # A backslash at the front says that backslashes and line feeds in the name are escaped: GNU's own convention.
    plain = os.fsencode(name)
    escaped = plain.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    mark = b"\\" if escaped != plain else b""
    return mark + digest.encode("ascii") + b"  " + escaped + b"\n"


def _read(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_bytes().removesuffix(b"\n").split(b"\n"):
        is_escaped = line.startswith(b"\\")
        digest, blank, name = line.removeprefix(b"\\").partition(b"  ")
        if not blank or len(digest) != 64:
            raise ValueError(f"{path} has a line that is no checksum: {line[:80]!r}")
        if is_escaped:
            name = b"\\".join(part.replace(b"\\n", b"\n") for part in name.split(b"\\\\"))
        yield os.fsdecode(name), digest.decode("ascii")
