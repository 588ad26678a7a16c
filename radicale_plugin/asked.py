"""Knows what a report asks for beside its filter: which properties and addresses, in which zone, how many at most."""

from datetime import tzinfo
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from radicale import pathutils

from radicale_plugin.calendar_data import CalendarData, read_calendar_data
from radicale_plugin.filters import C
from radicale_plugin.listing import D
from radicale_plugin.zone_texts import zone_named, zone_of_text

CR = "{urn:ietf:params:xml:ns:carddav}"
CALENDAR_DATA, ADDRESS_DATA = f"{C}calendar-data", f"{CR}address-data"


class Refusal(Exception):
    """A report that cannot be answered; `precondition` names the element that says why, "" for a bad request."""

    def __init__(self, precondition: str, reason: str = "") -> None:
        super().__init__(reason)
        self.precondition = precondition


class Wanted:
    """The properties that a report shows of each object."""

    def __init__(self, request: Element) -> None:
        elements = list(request.find(f"{D}prop") or ())
        self.tags = list(dict.fromkeys(element.tag for element in elements))
        data = next((element for element in elements if element.tag == CALENDAR_DATA), None)
        self.data = CalendarData() if data is None else read_calendar_data(data)
        self.text = next((tag for tag in self.tags if tag in (CALENDAR_DATA, ADDRESS_DATA)), None)


def asked_zone(request: Element) -> tzinfo | None:
    """Return the zone that floating times are to be read in, RFC 4791 §9.8 and RFC 7809 §4.1; None: the calendar's."""
    named, written = request.find(f"{C}timezone-id"), request.find(f"{C}timezone")
    if named is not None and named.text:
        found = zone_named(named.text)
        if found is None:
            raise Refusal("C:valid-timezone", f"unknown: {named.text!r}")
        return found
    if written is not None and written.text:
        found = zone_of_text(written.text)
        if found is None:
            raise Refusal("C:valid-timezone", "no VTIMEZONE that can be read")
        return found
    return None


def asked_size(request: Element) -> int | None:
    """Return how many objects the client wants at most, RFC 5323 §5.17."""
    for element in (request.find(f"{D}limit/{D}nresults"), request.find(f"{C}limit/{C}nresults")):
        if element is not None:
            text = (element.text or "").strip()
            if not text.isdecimal() or int(text[:12]) < 1:
                raise Refusal("", f"not a number of results: {text[:40]!r}")
            return int(text[:12])
    return None


def asked_name(href: str, prefix: str, path: str) -> str | None:
    """Return which object of the collection an address names, None when it names none."""
    asked = pathutils.sanitize_path(unquote(urlsplit(href.strip()).path))
    folder = f"{prefix}/{path}/"
    name = asked.removeprefix(folder)
    return name if asked.startswith(folder) and name and "/" not in name else None
