"""Requests to the plugin's WSGI application as a CalDAV client sends them, and texts to send."""

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import radicale_plugin
from radicale_plugin.auth import USER
from radicale_plugin.collection import Collection

PROPFIND = '<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"><prop>{}</prop></propfind>'
SYNC = '<sync-collection xmlns="DAV:"><sync-token>{}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
QUERY = (
    '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{}</C:comp-filter></C:comp-filter></C:filter>'
    "</C:calendar-query>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


class Dav:
    """One server over a folder; `alice` and `bob` have a default calendar and a history each."""

    def __init__(self, folder: Path, limits: radicale_plugin.Limits = radicale_plugin.Limits()) -> None:
        self.folder = folder
        self.limits = limits
        self.zones = {"alice": "Europe/Berlin", "bob": "Europe/Berlin"}
        self.open()

    def open(self) -> None:
        """Start, or start again with what is on the disk."""
        self.application = radicale_plugin.make(
            self.folder,
            lambda home: self.zones.get(home, "UTC"),
            lambda home: [f"{home}@example.org", f"{home}@work.example"],
            lambda calendar: calendar.endswith("/calendar"),
            self.limits,
        )
        self.storage = self.application.storage
        with self.storage.acquire_lock("w"):
            for home in ("alice", "bob"):
                self.storage.create_collection(f"/{home}/")
                for name in ("calendar", "history"):
                    if self.storage.index.get(f"{home}/{name}") is None:
                        self.storage.create_collection(f"/{home}/{name}/", props={"tag": "VCALENDAR"})

    def collection(self, path: str) -> Collection:
        """Return the collection at a path."""
        (found,) = self.storage.discover(path)
        assert isinstance(found, Collection)
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes = b"",
        *,
        user: str = "alice",
        query: str = "",
        **headers: str,
    ) -> Answer:
        """Send one request of the verified `user`; `if_match="…"` becomes the header If-Match."""
        return ask(self.application, method, path, body, user=user, query=query, **headers)

    def put(self, path: str, body: str | bytes, *, user: str = "alice", **headers: str) -> Answer:
        """Send a PUT."""
        return self.ask("PUT", path, body, user=user, **headers)


def ask(
    application: radicale_plugin.Application,
    method: str,
    path: str,
    body: str | bytes = b"",
    *,
    user: str,
    query: str = "",
    **headers: str,
) -> Answer:
    """Send one request of the verified `user` to an application."""
    content = body.encode() if isinstance(body, str) else body
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "/dav",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    if user:
        environ[USER] = user
    started: list[tuple[str, list[tuple[str, str]]]] = []
    answered = application(environ, lambda status, found: started.append((status, found)))
    text = b"".join(answered).decode()
    return Answer(int(started[0][0].split()[0]), dict(started[0][1]), text)


def meeting(uid: str, *lines: str, start: str = "20261201T100000Z", end: str = "20261201T110000Z") -> str:
    """Return a calendar object as a client writes it."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "BEGIN:VEVENT", f"UID:{uid}")
    times = ("DTSTAMP:20260101T000000Z", f"DTSTART:{start}", f"DTEND:{end}", "SUMMARY:Planning")
    return "\r\n".join((*head, *times, *lines, "END:VEVENT", "END:VCALENDAR", ""))
