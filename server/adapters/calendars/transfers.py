"""Whole calendars in and out: in through Radicale's own door, out from the index.

An imported object is a PUT of the calendar's host: what is examined, mended, refused and told to the change feed there is so
here, and nothing has to be kept in step.
"""

import asyncio
import heapq
import io
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from html import unescape
from typing import TypeVar

from radicale_plugin import Application
from radicale_plugin.auth import USER
from radicale_plugin.calendar_index import CalendarIndex
from server.domain.errors import NotFound, Unavailable
from server.domain.identity import CalendarPath, Uid, home_of
from server.ical.objects import are_same
from server.ports import HandedOut, Outcome, TakenIn

T = TypeVar("T")

_PLAIN = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,199}")
_DESCRIPTION = re.compile(r"<(?:\w+:)?responsedescription>(.*?)</", re.DOTALL)
_REASONS = {
    409: "another object stands in its place",
    412: "a calendar program has changed it meanwhile: import it again",
    413: "it is too large",
    507: "the disk is full",
}


class RadicaleTransfers:
    """The calendars behind `application`. `close` waits for what is being written."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._storage = application.storage
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="transfers")

    async def take_in(self, calendar: CalendarPath, uid: Uid, text: str) -> TakenIn:
        """Store `text` as the object with `uid`, as a client's request would be; skip one that says the same already."""
        return await self._run(self._take_in, calendar, uid, text)

    async def hand_out(self, calendar: CalendarPath, after: str | None, bytes_max: int) -> HandedOut:
        """Return the objects by UID that follow `after`, up to so many bytes but one at least."""
        return await self._run(self._hand_out, calendar, after, bytes_max)

    def close(self) -> None:
        """Wait for what is being written and refuse more."""
        self._thread.shutdown()

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments))
        except OSError as error:
            raise Unavailable(
                "The calendars cannot be read or written now. Please try again later."
            ) from error

    def _take_in(self, calendar: CalendarPath, uid: Uid, text: str) -> TakenIn:
        index = self._known(calendar)
        standing = index.by_uid(uid)
        if standing is None:
            status, answer = self._put(calendar, _free_href(index, uid), text, {"HTTP_IF_NONE_MATCH": "*"})
        elif are_same(text, (index.folder / standing.href).read_bytes().decode(errors="replace")):
            return TakenIn(Outcome.UNCHANGED)
        else:
            status, answer = self._put(calendar, standing.href, text, {"HTTP_IF_MATCH": standing.etag})
        if status in (201, 204):
            return TakenIn(Outcome.ADDED if standing is None else Outcome.CHANGED)
        return TakenIn(Outcome.REFUSED, _reason(status, answer))

    def _put(
        self, calendar: CalendarPath, href: str, text: str, condition: dict[str, str]
    ) -> tuple[int, str]:
        """Return status and body of what a client would be answered."""
        body = text.encode()
        environ = {
            "REQUEST_METHOD": "PUT",
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/{calendar}/{href}",
            "CONTENT_TYPE": "text/calendar; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "0",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            USER: home_of(calendar),
            **condition,
        }
        answered: list[str] = []
        content = self._application(environ, lambda status, _headers, *_: answered.append(status))
        return int(answered[-1].partition(" ")[0]), b"".join(content).decode(errors="replace")

    def _hand_out(self, calendar: CalendarPath, after: str | None, bytes_max: int) -> HandedOut:
        index = self._known(calendar)
        keys = [(f"{one.uid}\n{one.href}", one.href) for one in list(index.entries.values())]
        following = [one for one in keys if after is None or one[0] > after]
        heapq.heapify(following)
        texts: list[str] = []
        size, last = 0, after
        while following and (not texts or size < bytes_max):
            last, href = heapq.heappop(following)
            try:
                data = (index.folder / href).read_bytes()
            except FileNotFoundError:
                continue
            texts.append(data.decode(errors="replace"))
            size += len(data)
        return HandedOut(tuple(texts), last if following else None, len(keys))

    def _known(self, calendar: CalendarPath) -> CalendarIndex:
        found = self._storage.index.get(calendar)
        if found is None or found.tag != "VCALENDAR":
            raise NotFound(f"There is no calendar {calendar}.")
        return found


def _free_href(index: CalendarIndex, uid: Uid) -> str:
    """Return where a new object with this UID is put: under its UID, where that can be a name and nobody has it."""
    plain = f"{uid}.ics"
    if _PLAIN.fullmatch(uid) and index.get(plain) is None:
        return plain
    return f"{sha256(uid.encode('utf-8', 'replace')).hexdigest()}.ics"


def _reason(status: int, answer: str) -> str:
    described = _DESCRIPTION.search(answer)
    if described is not None:
        return unescape(described[1])
    return _REASONS.get(status, f"the calendar store answers {status}")
