"""Knows how much of an object a client wants: whole, expanded, limited, or some of its properties (RFC 4791 §9.6)."""

from dataclasses import dataclass
from datetime import tzinfo
from xml.etree.ElementTree import Element

from radicale_plugin.entry import Entry
from radicale_plugin.expand import expand, expand_to, is_plain, limit
from radicale_plugin.filters import BadFilter, C, read_span
from server.domain.intervals import Span
from server.ical.scan import BadCalendar, Component, Property, scan, serialise


class TooMany(Exception):
    """An expansion has more occurrences than a report may have."""


@dataclass(frozen=True, slots=True)
class CalendarData:
    """What is shown of each object; `part` is the `C:comp` of VCALENDAR."""

    expanded: Span | None = None
    limited: Span | None = None
    part: Element | None = None

    @property
    def is_whole(self) -> bool:
        """Whether objects are shown as they are stored."""
        return self.expanded is None and self.limited is None and self.part is None

    def of(self, entry: Entry, text: str, zone: tzinfo, occurrences_max: int) -> tuple[str | None, int]:
        """Return what is shown of an object, None when nothing is, and how many occurrences it took; raises TooMany."""
        if self.is_whole:
            return text, 0
        known = None if self.expanded is None else entry.within(self.expanded, zone)
        if known == []:
            return None, 0
        if known and self.part is None and is_plain(text):
            return text, 1
        try:
            calendar = scan(text)
        except BadCalendar:
            return text, 0
        found = self._expanded(calendar, known, zone)
        if found is None:
            return None, 0
        count = 0 if self.expanded is None else len(found.components)
        if count > occurrences_max:
            raise TooMany
        if self.limited is not None:
            found = limit(found, self.limited, zone)
        return serialise(found if self.part is None else _part(found, self.part)), count

    def _expanded(self, calendar: Component, known: list[Span] | None, zone: tzinfo) -> Component | None:
        """Return the object expanded as far as is asked; `known`: when it takes place, where the index can tell."""
        if self.expanded is None:
            return calendar
        return expand(calendar, self.expanded, zone) if known is None else expand_to(calendar, known, zone)


def read_calendar_data(element: Element) -> CalendarData:
    """Return what a `C:calendar-data` asks for; raises BadFilter."""
    if (
        element.get("content-type", "text/calendar") != "text/calendar"
        or element.get("version", "2.0") != "2.0"
    ):
        raise BadFilter("C:supported-calendar-data", "only text/calendar, version 2.0")
    spans: dict[str, Span | None] = {}
    for name in ("expand", "limit-recurrence-set"):
        found = element.find(f"{C}{name}")
        if found is not None and not (found.get("start") and found.get("end")):
            raise BadFilter("C:valid-filter", f"{name} has a start and an end")
        spans[name] = None if found is None else read_span(found)
    return CalendarData(spans["expand"], spans["limit-recurrence-set"], element.find(f"{C}comp"))


def _part(component: Component, wanted: Element) -> Component:
    """Return what §9.6.1 to §9.6.4 leave of a component; without a word about properties or components it has none."""
    properties = component.properties
    if wanted.find(f"{C}allprop") is None:
        named = {
            (one.get("name") or "").upper(): one.get("novalue") == "yes" for one in wanted.findall(f"{C}prop")
        }
        properties = tuple(_shown(item, named[item.name]) for item in properties if item.name in named)
    components = component.components
    if wanted.find(f"{C}allcomp") is None:
        parts = {(one.get("name") or "").upper(): one for one in wanted.findall(f"{C}comp")}
        components = tuple(_part(one, parts[one.name]) for one in components if one.name in parts)
    return Component(component.name, properties, components)


def _shown(item: Property, without_value: bool) -> Property:
    return item._replace(value="") if without_value else item
