"""Answers kept until they could differ: rendered once, sent many times, with a strong ETag.

An answer about free slots depends on what was asked, on numbers that rise with every change (`offer.version`), and on the
time. Time is taken in whole minutes, rounded up: what is offered for a minute can be booked until the minute ends.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b

from aiohttp import web

ENTRIES_MAX = 4096
BYTES_MAX = 64 * 1024 * 1024
GZIP_FROM = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A rendered body, its strong ETag, and the state it was rendered from."""

    body: bytes
    etag: str
    state: Hashable
    gzipped: bytes | None


class Answers:
    """A bounded memory of answers: the least recently used go first."""

    def __init__(self, entries_max: int = ENTRIES_MAX, bytes_max: int = BYTES_MAX) -> None:
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._found: dict[Hashable, tuple[Hashable, Answer]] = {}
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._bytes = 0

    def get(self, asked: Hashable, state: Hashable, render: Callable[[], bytes]) -> Answer:
        """Return the answer to `asked`, rendered anew only when `state` is not the one it was rendered from."""
        kept = self.kept(asked, state)
        if kept is not None:
            return kept
        body = render()
        gzipped = gzip.compress(body, 6, mtime=0) if len(body) >= GZIP_FROM else None
        answer = Answer(body, f'"{blake2b(body, digest_size=16).hexdigest()}"', state, gzipped)
        self._keep(asked, answer)
        return answer

    def kept(self, asked: Hashable, state: Hashable) -> Answer | None:
        """Return the answer to `asked` if it was rendered from `state`, for callers who must wait for what they render."""
        kept = self._kept.get(asked)
        if kept is None or kept.state != state:
            return None
        self._kept.move_to_end(asked)
        return kept

    def note(self, asked: Hashable, everything: Hashable, answer: Answer) -> None:
        """Take that `answer` is the one to `asked` as long as nothing at all changes: as long as `everything` is the same."""
        if self._kept.get(asked) is answer:
            self._found[asked] = (everything, answer)

    def unchanged(self, asked: Hashable, everything: Hashable) -> Answer | None:
        """Return the answer to `asked` where nothing at all has changed since it was noted."""
        found = self._found.get(asked)
        if found is None or found[0] != everything:
            return None
        self._kept.move_to_end(asked)
        return found[1]

    def _keep(self, asked: Hashable, answer: Answer) -> None:
        self._drop(asked)
        self._kept[asked] = answer
        self._bytes += _size(answer)
        while len(self._kept) > self._entries_max or self._bytes > self._bytes_max:
            self._drop(next(iter(self._kept)))

    def _drop(self, asked: Hashable) -> None:
        self._found.pop(asked, None)
        old = self._kept.pop(asked, None)
        if old is not None:
            self._bytes -= _size(old)


def respond(request: web.Request, answer: Answer, content_type: str, cache: str) -> web.Response:
    """Return `answer` as a response: 304 when the caller has it, gzipped when the caller takes that."""
    headers = {"ETag": answer.etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if _matches(request.headers.get("If-None-Match"), answer.etag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = content_type
    body = answer.body
    if answer.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        headers["ETag"] = answer.etag[:-1] + '-gzip"'
        body = answer.gzipped
    return web.Response(body=body, headers=headers)


def _matches(header: str | None, etag: str) -> bool:
    """Tell whether If-None-Match names `etag`, in either encoding (RFC 9110 §13.1.2: weak comparison)."""
    if header == etag:  # as nearly every caller says it
        return True
    if header is None:
        return False
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return bool(named & {"*", etag, etag[:-1] + '-gzip"'})


def _size(answer: Answer) -> int:
    return len(answer.body) + len(answer.gzipped or b"") + 256


def minute_of(now: int) -> int:
    """Return the end of the present minute in epoch seconds: the time for which answers are rendered."""
    return now // 60 * 60 + 60
