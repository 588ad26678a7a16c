"""The highest number that a host, team or event type of this installation ever had, kept when its file is gone."""

from pathlib import Path

import msgspec

from server.adapters.durable import replace_file
from server.adapters.homes.files import Broken, HomesRefused

FORMAT = 1


class _Numbers(msgspec.Struct, frozen=True):
    last: int
    format: int = FORMAT


def read_last_number(path: Path) -> int:
    """Return the number kept at `path`, 0 when there is none; raises Broken or HomesRefused."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Numbers)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise Broken(f"it cannot be read ({error.strerror}): make it this user's own") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Broken(
            f"it cannot be understood ({error}): delete it, and numbers of deleted event types may be given again"
        ) from error
    if kept.format > FORMAT:
        raise HomesRefused(
            f"{path} was written by a newer Daybook (format {kept.format}; this one knows {FORMAT}): install that release."
        )
    return kept.last


def write_last_number(path: Path, last: int) -> None:
    """Keep `last` at `path`."""
    replace_file(path, msgspec.json.encode(_Numbers(last)) + b"\n")
