"""Knows which objects of a calendar changed since a client last asked: the sync token of RFC 6578.

A line per change is appended to `.Daybook.log` in the calendar's folder, without waiting for the disk: the objects are
the truth, and what a crash took from the log is found at the next start by comparing etags. Tokens are
`generation-revision`. Each start begins a generation; a token of an earlier one is honoured as far as the log proves
that it was given out, so that a number lost in a crash and given again can never hide a change.
"""

import itertools
import json
import logging
import os
import secrets
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring_ascii as _quoted
from pathlib import Path

FILE = ".Daybook.log"
TOKEN = "http://radicale.org/ns/sync/"  # noqa: S105  (Radicale and its clients' caches know this prefix)
GONE_MAX = 10_000
"""How many removed objects are remembered; older tokens make the client fetch the list again."""
GENERATIONS_MAX = 100

_log = logging.getLogger(__name__)


class Revisions:
    """The numbered changes of one calendar. The caller holds the storage lock for writing where something changes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._name = str(self._path)
        self._lines = 0
        self._generation = ""
        self._earlier: dict[str, int] = {}
        self._last = 0
        self._floor = 0
        self._revisions: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        # Appended to under the storage lock, taken from without it; neither may wait for the other.
        self._unwritten: deque[str] = deque()
        self._writing = threading.Lock()

    def load(self, present: Mapping[str, str]) -> None:
        """Read the log, add what it lacks of the etags that are `present` by href, and begin a generation."""
        logged: dict[str, str | None] = {}
        for line in self._read():
            self._take(line, logged)
        if self._generation:
            self._earlier[self._generation] = self._last
        self._generation = secrets.token_hex(6)
        self._unwritten.append(self._begin())
        differing = [href for href, etag in present.items() if logged.get(href) != etag]
        lost = [href for href, etag in logged.items() if etag is not None and href not in present]
        self.add([(href, present.get(href)) for href in (*differing, *lost)])
        # With what was added, or who is killed before that is written leaves a log that knows the etags and no change.
        if self.is_long:
            self.compact(present)
        else:
            self.flush()

    @property
    def token(self) -> str:
        """Return the token of the present state; it may be given out after the next `flush`."""
        return f"{TOKEN}{self._generation}-{self._last}"

    def since(self, token: str) -> list[str]:
        """Return the hrefs that changed after `token` was given; "" asks for all that are there. ValueError: too old."""
        if not token:
            return list(self._revisions)
        changed, removed = self._given(token)
        return [*_later(self._revisions, changed), *_later(self._gone, removed)]

    def page(self, token: str, size: int) -> tuple[list[str], str | None]:
        """Return the first hrefs that changed after `token`, and the token to go on with, None when these are all.

        A first listing that is cut short is told of removals since it began, not since its last page: such a token has
        two numbers. ValueError: too old.
        """
        changed, removed = self._given(token) if token else (0, self._last)
        later = _later(self._revisions, changed)[::-1]
        gone = _later(self._gone, removed)[::-1]
        found = [*later, *gone][:size]
        if len(found) == len(later) + len(gone):
            return found, None
        if len(found) < len(later):
            changed = self._revisions[found[-1]] if found else changed
        else:
            changed = self._revisions[later[-1]] if later else changed
            removed = self._gone[found[-1]] if len(found) > len(later) else removed
        return found, f"{TOKEN}{self._generation}-{changed}-{removed}"

    def _given(self, token: str) -> tuple[int, int]:
        """Return up to which change of an object, and up to which removal, a token tells its owner; ValueError: too old."""
        generation, *numbers = token.removeprefix(TOKEN).split("-")
        if len(numbers) not in (1, 2) or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"malformed sync token: {token!r}")
        given = self._last if generation == self._generation else self._earlier.get(generation, -1)
        changed, removed = int(numbers[0]), int(numbers[-1])
        if not (self._floor <= removed <= given and changed <= given):
            raise ValueError(f"unknown or outdated sync token: {token!r}")
        return changed, removed

    def add(self, changes: list[tuple[str, str | None]]) -> None:
        """Number the changes of objects, given by href with their new etags, None for removed ones."""
        for href, etag in changes:
            self._last += 1
            self._note(href, etag, self._last)
            self._unwritten.append(_change(self._last, href, etag))

    def flush(self) -> None:
        """Return when everything added so far is in the log; without the storage lock, as an append may wait for a sync.

        Who changed something comes here before the answer, and so does who was told a token: it may be of a change whose
        maker is still on the way, and a token that the log cannot prove is worth nothing after a crash.
        """
        with self._writing:
            self._write([self._unwritten.popleft() for _ in range(len(self._unwritten))])

    @property
    def is_long(self) -> bool:
        """Tell whether the log has far more lines than there is to say."""
        return self._lines > 2 * len(self._revisions) + GONE_MAX

    def compact(self, present: Mapping[str, str]) -> None:
        """Write the log anew with one line per object: the rename is atomic, so a crash loses no token."""
        with self._writing:
            self._unwritten.clear()
            self._rewrite(present)

    def _rewrite(self, present: Mapping[str, str]) -> None:
        lines = [json.dumps(["was", *earlier]) for earlier in self._earlier.items()]
        lines.append(self._begin())
        standing = [(href, revision) for href, revision in self._revisions.items() if href in present]
        lines += [_change(revision, href, present[href]) for href, revision in standing]
        lines += [_change(revision, href, None) for href, revision in self._gone.items()]
        fresh = self._path.with_name(f"{FILE}.new")
        fresh.write_bytes(_encoded(lines))
        fresh.replace(self._path)
        self._lines = len(lines)

    def _begin(self) -> str:
        return json.dumps(["begin", self._generation, self._last, self._floor])

    def _read(self) -> Iterator[list[object]]:
        try:
            written = self._path.read_bytes()
        except FileNotFoundError:
            return
        for line in written.splitlines(keepends=True):
            try:
                parsed = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                parsed = None
            if not isinstance(parsed, list) or len(parsed) < 3:
                self._cut(written)
                return
            self._lines += 1
            yield parsed

    def _cut(self, written: bytes) -> None:
        """Take away a line that a crash left unfinished, with all that follows it."""
        whole = written.splitlines(keepends=True)[: self._lines]
        self._path.write_bytes(b"".join(whole))

    def _take(self, line: list[object], logged: dict[str, str | None]) -> None:
        match line:
            case ["begin", str(generation), int(last), int(floor)]:
                if self._generation:
                    self._earlier[self._generation] = self._last
                self._generation, self._last, self._floor = generation, last, floor
            case ["was", str(generation), int(last)]:
                self._earlier[generation] = last
            case [int(revision), str(href), (str() | None) as etag]:
                self._last = max(self._last, revision)
                self._note(href, etag, revision)
                logged[href] = etag
            case _:
                pass
        self._earlier = dict(list(self._earlier.items())[-GENERATIONS_MAX:])

    def _note(self, href: str, etag: str | None, revision: int) -> None:
        if etag is not None:
            self._gone.pop(href, None)
            # Taken out first, so that the last changed come last and a delta need not look at all of them.
            self._revisions.pop(href, None)
            self._revisions[href] = revision
            return
        self._revisions.pop(href, None)
        self._gone.pop(href, None)
        self._gone[href] = revision
        if len(self._gone) > GONE_MAX:
            oldest = next(iter(self._gone))
            self._floor = self._gone.pop(oldest)

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        try:
            log = os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            try:
                os.write(log, _encoded(lines))
            finally:
                os.close(log)
        except OSError:
            # The objects are stored; the next start finds what the log lacks and refuses tokens it cannot vouch for.
            _log.warning("the sync log of a calendar cannot be written", extra={"path": str(self._path)})
        self._lines += len(lines)


def _later(revisions: dict[str, int], number: int) -> list[str]:
    """Return the hrefs with a revision above `number`; the mapping is in the order of its values."""
    later = itertools.takewhile(lambda href: revisions[href] > number, reversed(revisions))
    return list(later)


def _change(revision: int, href: str, etag: str | None) -> str:
    return f"[{revision},{_quoted(href)},{'null' if etag is None else _quoted(etag)}]"


def _encoded(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
