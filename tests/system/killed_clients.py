"""CalDAV clients that write while their server is killed, and know afterwards what must be there."""

import http.client
import random
import re
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from radicale_plugin.texts import etag_of
from tests.system.running import PATIENCE_S

CALENDAR = "/dav/demo/calendar/"
BASIC = "Basic " + b64encode(b"demo:demo").decode()
SYNC = '<sync-collection xmlns="DAV:"><sync-token>{}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
PROPFIND = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
GONE = (http.client.HTTPException, OSError)
OVERLOADED = 503


class Refused(AssertionError):
    """The server answered what it must not."""


@dataclass
class Client:
    """One client: `held` is what it was told is there, `doubt` what may be there since an answer was lost."""

    name: str
    port: int
    dice: random.Random
    held: dict[str, str] = field(default_factory=dict)
    doubt: dict[str, set[str | None]] = field(default_factory=dict)
    view: dict[str, str] = field(default_factory=dict)
    token: str = ""
    written: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    resyncs: int = 0
    _connection: http.client.HTTPConnection | None = None

    def live(self, until: threading.Event) -> None:
        """Write and sync until told to stop or the server is gone."""
        try:
            while not until.is_set():
                self._act()
        except GONE:
            pass
        finally:
            self.hang_up()

    def settle(self) -> None:
        """Ask the server what became of the writes whose answers were lost; each must be done or not done."""
        for href, allowed in self.doubt.items():
            status, text = self._ask("GET", CALENDAR + href)
            found = text if status == 200 else None
            if found not in allowed:
                raise Refused(f"{self.name}: {href} is {found!r}, not one of {allowed!r}")
            self.held.pop(href, None)
            if found is not None:
                self.held[href] = found
        moved = {href.rpartition("-")[0] for href in self.doubt}
        self.doubt.clear()
        for uid in moved:
            # Between its old name and its new one an object is never at both, and never nowhere unless it was deleted.
            if sum(href.startswith(f"{uid}-") for href in self.held) > 1:
                raise Refused(f"{self.name}: {uid} is at two places")
        self.hang_up()

    def sync(self) -> None:
        """Bring `view` up to the server's state as a client does: by token, anew where the token is not honoured."""
        status, text = self._ask("REPORT", CALENDAR, SYNC.format(self.token))
        if status in (403, 409) and "valid-sync-token" in text:
            self.token, self.view = "", {}
            self.resyncs += 1
            status, text = self._ask("REPORT", CALENDAR, SYNC.format(""))
        if status == OVERLOADED:
            return
        if status != 207:
            raise Refused(f"{status}: {text}")
        self.token = text.partition("<sync-token>")[2].partition("</sync-token>")[0]
        for href, etag in listed(text).items():
            if etag is None:
                self.view.pop(href, None)
            else:
                self.view[href] = etag

    def listing(self) -> dict[str, str]:
        """Return the etags of everything in the calendar, by name."""
        status, text = self._ask("PROPFIND", CALENDAR, PROPFIND, {"Depth": "1"})
        if status != 207:
            raise Refused(f"{status}: {text}")
        return {href: etag for href, etag in listed(text).items() if href and etag}

    def _act(self) -> None:
        act = self.dice.choice(("new", "new", "update", "update", "move", "delete", "sync"))
        href = self.dice.choice(sorted(self.held)) if self.held else ""
        if act == "sync":
            self.sync()
        elif act == "new" or not href:
            fresh = f"{self.name}_{self.written}-0.ics"
            self._write("new", fresh, {"If-None-Match": "*"})
        elif act == "update":
            self._write("update", href, {"If-Match": etag_of(self.held[href].encode())})
        elif act == "delete":
            self._change("delete", {href: None}, ("DELETE", CALENDAR + href, "", {}))
        else:
            uid, _, place = href.removesuffix(".ics").rpartition("-")
            target = f"{uid}-{int(place) + 1}.ics"
            address = f"http://127.0.0.1:{self.port}{CALENDAR}{target}"
            request = ("MOVE", CALENDAR + href, "", {"Destination": address, "Overwrite": "F"})
            self._change("move", {href: None, target: self.held[href]}, request)

    def _write(self, act: str, href: str, headers: Mapping[str, str]) -> None:
        self.written += 1
        text = meeting(href.rpartition("-")[0], self.written)
        self._change(act, {href: text}, ("PUT", CALENDAR + href, text, headers))

    def _change(
        self, act: str, after: dict[str, str | None], request: tuple[str, str, str, Mapping[str, str]]
    ) -> None:
        """Send a write; until it is answered either state may be found."""
        self.doubt |= {href: {self.held.get(href), text} for href, text in after.items()}
        status, answer = self._ask(*request)
        if status == OVERLOADED:
            self.doubt.clear()
            return
        if status not in (200, 201, 204):
            raise Refused(f"{act}: {status} {answer}")
        self.doubt.clear()
        self.acknowledged[act] = self.acknowledged.get(act, 0) + 1
        for href, text in after.items():
            self.held.pop(href, None)
            if text is not None:
                self.held[href] = text

    def _ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        sent = {"Authorization": BASIC, "Content-Type": "text/calendar; charset=utf-8", **(headers or {})}
        self._connection.request(method, path, body.encode(), sent)
        with self._connection.getresponse() as answer:
            return answer.status, answer.read().decode()

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def listed(multistatus: str) -> dict[str, str | None]:
    """Return the etags in a multistatus by name, None for what is gone."""
    found: dict[str, str | None] = {}
    for response in multistatus.split("<response>")[1:]:
        href = response.partition("<href>")[2].partition("</href>")[0].rpartition("/")[2]
        etag = re.search(r"<getetag>(.*?)</getetag>", response)
        found[href] = etag[1].replace("&quot;", '"') if etag else None
    return found


def meeting(uid: str, sequence: int) -> str:
    """Return an object years after anything that guests book."""
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "BEGIN:VEVENT", f"UID:{uid}", f"SEQUENCE:{sequence}",
        "DTSTAMP:20260101T000000Z", "DTSTART:20320101T100000Z", "DTEND:20320101T110000Z", "SUMMARY:Planning",
        "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines)
