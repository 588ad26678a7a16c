"""What a host does in Evolution or GNOME Calendar, through the library and services that both are faces of.

A program of its own, run by Debian's Python, which has the bindings: requests and answers are lines of JSON.
"""

import json
import sys
import threading
from urllib.parse import urlsplit

import gi

for name, version in (("EDataServer", "1.2"), ("ECal", "2.0"), ("ICalGLib", "3.0")):
    gi.require_version(name, version)
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

ZONE = "Europe/Berlin"
CONNECT_S = 30


class Service:
    """The services of one session, subscribed to the calendar at `path`; the password is given when they ask for it."""

    def __init__(self, location: str, login: str, password: str, path: str) -> None:
        self._location = location
        self._credentials = EDataServer.NamedParameters.new()
        self._credentials.set("username", login)
        self._credentials.set("password", password)
        registry = EDataServer.SourceRegistry.new_sync(None)
        registry.commit_source_sync(_source(location, login, path), None)
        self._source = registry.ref_source("daybook")
        self._source.connect(
            "credentials-required", lambda source, *_: source.invoke_authenticate_sync(self._credentials)
        )
        self._client = ECal.Client.connect_sync(self._source, ECal.ClientSourceType.EVENTS, CONNECT_S, None)
        self._zone = ICalGLib.Timezone.get_builtin_timezone(ZONE)
        self._client.add_timezone_sync(self._zone, None)

    def calendars(self) -> list[str]:
        """Return the paths of the calendars that "Find Calendars" finds."""
        found = EDataServer.webdav_discover_sources_sync(
            self._source, self._location, EDataServer.WebDAVDiscoverSupports.EVENTS, self._credentials, None
        )
        return [urlsplit(one.href).path for one in found.out_discovered_sources]

    def shown(self) -> list[dict[str, object]]:
        """Return the meetings, instants in epoch seconds, and ask for the next synchronisation."""
        self._client.refresh_sync(None)
        _, found = self._client.get_object_list_as_comps_sync("#t", None)
        return [
            {
                "uid": one.get_uid(),
                "title": one.get_summary().get_value(),
                "start": self._instant(one.get_dtstart()),
                "end": self._instant(one.get_dtend() or one.get_dtstart()),
            }
            for one in found
        ]

    def add(self, title: str, start: float, end: float) -> None:
        """Enter a meeting."""
        entered = ECal.Component.new_vtype(ECal.ComponentVType.EVENT)
        entered.set_summary(ECal.ComponentText.new(title, None))
        self._set_times(entered, start, end)
        self._client.create_object_sync(entered.get_icalcomponent(), ECal.OperationFlags.NONE, None)

    def move(self, uid: str, start: float, end: float) -> None:
        """Drag a meeting."""
        component = self._component(uid)
        self._set_times(component, start, end)
        self._commit(component)

    def rename(self, uid: str, title: str) -> None:
        """Give a meeting another title."""
        component = self._component(uid)
        component.set_summary(ECal.ComponentText.new(title, None))
        self._commit(component)

    def delete(self, uid: str) -> None:
        """Delete a meeting."""
        self._client.remove_object_sync(uid, None, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)

    def _component(self, uid: str) -> ECal.Component:
        _, found = self._client.get_object_sync(uid, None, None)
        return ECal.Component.new_from_icalcomponent(found)

    def _commit(self, component: ECal.Component) -> None:
        component.commit_sequence()
        self._client.modify_object_sync(
            component.get_icalcomponent(), ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None
        )

    def _set_times(self, component: ECal.Component, start: float, end: float) -> None:
        for put, at in ((component.set_dtstart, start), (component.set_dtend, end)):
            wall = ICalGLib.Time.new_from_timet_with_zone(int(at), 0, self._zone)
            put(ECal.ComponentDateTime.new(wall, self._zone.get_tzid()))

    def _instant(self, written: ECal.ComponentDateTime) -> int:
        zone = None
        if written.get_tzid():
            _, zone = self._client.get_timezone_sync(written.get_tzid(), None)
        return int(written.get_value().as_timet_with_zone(zone or ICalGLib.Timezone.get_utc_timezone()))


def _source(location: str, login: str, path: str) -> EDataServer.Source:
    """Return what is written to the user's configuration when a calendar is added."""
    address = urlsplit(location)
    source = EDataServer.Source.new_with_uid("daybook", None)
    source.set_display_name("Daybook")
    source.set_parent("caldav-stub")
    source.get_extension("Calendar").set_backend_name("caldav")
    authentication = source.get_extension("Authentication")
    authentication.set_host(address.hostname)
    authentication.set_port(address.port)
    authentication.set_user(login)
    authentication.set_method("plain/password")
    source.get_extension("Security").set_method("none")
    source.get_extension("WebDAV Backend").set_resource_path(path)
    return source


def main(words: list[str]) -> None:
    """Answer one line for each line read."""
    # The services call back in the main loop while the main thread waits for the next line.
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    service = Service(*words)
    print(json.dumps({"answer": None}), flush=True)
    for line in sys.stdin:
        action, *values = json.loads(line)
        try:
            answer = {"answer": getattr(service, action)(*values)}
        except GLib.Error as refused:
            answer = {"error": refused.message}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
