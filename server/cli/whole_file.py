"""Writing a file so that it is there whole or as it was before."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from server.cli.refusals import Failed

STANDARD = Path("-")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a new text for `path`, "-" for standard output, that takes its place when the block ends without an error.

    What is no plain file, a pipe or a device, is written to as it is. The new file is for its owner alone.
    """
    if path == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
