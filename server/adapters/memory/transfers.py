"""Whole calendars in and out of memory."""

from radicale_plugin.limits import Limits
from radicale_plugin.objects import Refused
from radicale_plugin.texts import examine
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.errors import NotFound
from server.domain.identity import DEFAULT_CALENDAR, CalendarPath, Href, Uid, home_of
from server.ical.objects import are_same
from server.ical.scan import scan
from server.ports import Calendars, HandedOut, Outcome, StoredObject, TakenIn


class MemoryTransfers:
    """Reads any calendars, and writes those in memory as a client would."""

    def __init__(self, calendars: Calendars) -> None:
        self._calendars = calendars

    async def take_in(self, calendar: CalendarPath, uid: Uid, text: str) -> TakenIn:
        """Store `text` as the object with `uid`, as a client's request would be; skip one that says the same already."""
        assert isinstance(self._calendars, MemoryCalendars), "what is on a disk is written by its own adapter"
        standing = {_uid(one): one for one in await self._all(calendar)}.get(uid)
        if standing is not None and are_same(text, standing.text):
            return TakenIn(Outcome.UNCHANGED)
        try:
            upload = examine(text.encode(), text, Limits())
        except Refused as refused:
            return TakenIn(Outcome.REFUSED, str(refused))
        href = Href(f"{uid}.ics") if standing is None else standing.href
        self._calendars.client_puts(calendar, href, upload.text)
        return TakenIn(Outcome.ADDED if standing is None else Outcome.CHANGED)

    async def hand_out(self, calendar: CalendarPath, after: str | None, bytes_max: int) -> HandedOut:
        """Return the objects by UID that follow `after`, up to so many bytes but one at least."""
        known = {_uid(one): one.text for one in await self._all(calendar)}
        following = sorted(uid for uid in known if after is None or uid > after)
        texts: list[str] = []
        while following and (not texts or sum(map(len, texts)) < bytes_max):
            after = following.pop(0)
            texts.append(known[after])
        return HandedOut(tuple(texts), after if following else None, len(known))

    async def _all(self, calendar: CalendarPath) -> list[StoredObject]:
        name = calendar.partition("/")[2]
        if name not in {*self._calendars.names(home_of(calendar)), DEFAULT_CALENDAR}:
            raise NotFound(f"There is no calendar {calendar}.")
        return list(await self._calendars.all(calendar))


def _uid(stored: StoredObject) -> str:
    found = next((one.first("UID") for one in scan(stored.text).components if one.name != "VTIMEZONE"), None)
    return stored.href if found is None else found.text().strip()
