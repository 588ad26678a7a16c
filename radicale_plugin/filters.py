"""Knows which calendar objects a calendar-query asks for: the filters of RFC 4791 §9.7 and the time ranges of §9.9.

All filters of a comp-filter must hold for one and the same component, as §9.7.1 says. Texts are compared without regard
to case, beyond ASCII too, unless the client asks for octets.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from xml.etree.ElementTree import Element

from radicale_plugin.entry import EARLIEST, LATEST
from radicale_plugin.expand import KINDS
from radicale_plugin.ranges import Ranges
from server.domain.intervals import Span
from server.ical.scan import Component, Property
from server.ical.timezones import epoch
from server.ical.values import parse_moment

C = "{urn:ietf:params:xml:ns:caldav}"
LAST = LATEST - 1
"""The last second that can be written."""
DEPTH_MAX = 4
FILTERS_MAX = 200

_COLLATIONS: dict[str, Callable[[str], str]] = {
    "i;ascii-casemap": str.lower,
    "i;unicode-casemap": str.casefold,
    "i;octet": str,
    "default": str.lower,
}


class BadFilter(ValueError):
    """The filter cannot be answered; `precondition` is the element of RFC 4791 §7.8 that says why."""

    def __init__(self, precondition: str, reason: str) -> None:
        super().__init__(reason)
        self.precondition = precondition


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text that a value contains, or with `is_negated` does not."""

    text: str
    folded: Callable[[str], str]
    is_negated: bool

    def holds(self, values: Iterable[str]) -> bool:
        """Tell whether one of the values matches; negated: none."""
        return any(self.text in self.folded(value) for value in values) != self.is_negated


@dataclass(frozen=True, slots=True)
class ParamFilter:
    """A parameter that a property has, with `is_absent` has not."""

    name: str
    is_absent: bool
    text: TextMatch | None


@dataclass(frozen=True, slots=True)
class PropFilter:
    """A property that a component has, with `is_absent` has not."""

    name: str
    is_absent: bool
    span: Span | None
    text: TextMatch | None
    params: tuple[ParamFilter, ...]


@dataclass(frozen=True, slots=True)
class CompFilter:
    """A component that an object has, with `is_absent` has not."""

    name: str
    is_absent: bool = False
    span: Span | None = None
    props: tuple[PropFilter, ...] = ()
    comps: tuple["CompFilter", ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it asks for nothing but the component and a time."""
        return not self.props and not self.comps


def read_filter(element: Element) -> CompFilter:
    """Return what a `C:filter` asks for; raises BadFilter."""
    if len(element) != 1 or element[0].tag != f"{C}comp-filter":
        raise BadFilter("C:valid-filter", "a filter has one comp-filter")
    if sum(1 for _ in element.iter()) > FILTERS_MAX:
        raise BadFilter("C:supported-filter", f"more than {FILTERS_MAX} conditions")
    found = _comp_filter(element[0], 1)
    if found.name != "VCALENDAR":
        raise BadFilter("C:valid-filter", "the outermost comp-filter is of VCALENDAR")
    return found


def read_span(element: Element) -> Span:
    """Return the epoch seconds of a time range, at most the years 1 to 9999; raises BadFilter."""
    if not (element.get("start") or element.get("end")):
        raise BadFilter("C:valid-filter", "a time range has a start or an end")
    start, end = (_instant(element.get(name)) for name in ("start", "end"))
    span = (EARLIEST if start is None else start, LAST if end is None else end)
    if span[0] >= span[1]:
        raise BadFilter("C:valid-filter", "a time range ends after it starts")
    return span


def matches(filter_: CompFilter, calendar: Component, zone: tzinfo) -> bool:
    """Tell whether a calendar object is what the filter of its VCALENDAR asks for."""
    return _matches(filter_, (calendar,), None, Ranges(calendar, zone))


def _comp_filter(element: Element, depth: int) -> CompFilter:
    name = (element.get("name") or "").upper()
    if not name:
        raise BadFilter("C:valid-filter", "a comp-filter without a name")
    if depth > DEPTH_MAX:
        raise BadFilter("C:supported-filter", f"more than {DEPTH_MAX} components in one another")
    by_tag = _children(element, ("is-not-defined", "time-range", "prop-filter", "comp-filter"))
    spans = [read_span(child) for child in by_tag["time-range"]]
    if len(spans) > 1:
        raise BadFilter("C:valid-filter", "a comp-filter with two time ranges")
    if spans and name not in (*KINDS, "VALARM", "VCALENDAR"):
        raise BadFilter("C:supported-filter", f"a time range of {name}")
    return CompFilter(
        name,
        bool(by_tag["is-not-defined"]),
        spans[0] if spans else None,
        tuple(_prop_filter(child) for child in by_tag["prop-filter"]),
        tuple(_comp_filter(child, depth + 1) for child in by_tag["comp-filter"]),
    )


def _prop_filter(element: Element) -> PropFilter:
    by_tag = _children(element, ("is-not-defined", "time-range", "text-match", "param-filter"))
    return PropFilter(
        (element.get("name") or "").upper(),
        bool(by_tag["is-not-defined"]),
        next((read_span(child) for child in by_tag["time-range"]), None),
        next((_text_match(child) for child in by_tag["text-match"]), None),
        tuple(_param_filter(child) for child in by_tag["param-filter"]),
    )


def _param_filter(element: Element) -> ParamFilter:
    by_tag = _children(element, ("is-not-defined", "text-match"))
    return ParamFilter(
        (element.get("name") or "").upper(),
        bool(by_tag["is-not-defined"]),
        next((_text_match(child) for child in by_tag["text-match"]), None),
    )


def _text_match(element: Element) -> TextMatch:
    folded = _COLLATIONS.get(element.get("collation", "default"))
    if folded is None:
        raise BadFilter("C:supported-collation", f"unknown: {element.get('collation')!r}")
    return TextMatch(folded("".join(element.itertext())), folded, element.get("negate-condition") == "yes")


def _children(element: Element, names: tuple[str, ...]) -> dict[str, list[Element]]:
    by_tag: dict[str, list[Element]] = {name: [] for name in names}
    for child in element:
        found = by_tag.get(child.tag.removeprefix(C))
        if found is None:
            raise BadFilter("C:valid-filter", f"{child.tag} in {element.tag}")
        found.append(child)
    return by_tag


def _instant(text: str | None) -> int | None:
    if not text:
        return None
    try:
        moment = parse_moment(text)
    except ValueError as bad:
        raise BadFilter("C:valid-filter", str(bad)) from bad
    if not moment.utc:
        raise BadFilter("C:valid-filter", f"not in UTC: {text!r}")
    return epoch(moment.naive, UTC)


def _matches(
    filter_: CompFilter, components: Iterable[Component], parent: Component | None, ranges: Ranges
) -> bool:
    named = (one for one in components if one.name == filter_.name)
    if filter_.is_absent:
        return next(named, None) is None
    return any(_holds(filter_, one, parent, ranges) for one in named)


def _holds(filter_: CompFilter, one: Component, parent: Component | None, ranges: Ranges) -> bool:
    return (
        all(_has(prop, one, ranges) for prop in filter_.props)
        and (filter_.span is None or ranges.overlaps(one, parent, filter_.span))
        and all(_matches(inner, one.components, one, ranges) for inner in filter_.comps)
    )


def _has(filter_: PropFilter, component: Component, ranges: Ranges) -> bool:
    named = list(component.all(filter_.name))
    if filter_.is_absent or not named:
        return filter_.is_absent and not named
    if filter_.span is not None and not any(ranges.has(item, filter_.span) for item in named):
        return False
    if filter_.text is not None and not filter_.text.holds(item.text() for item in named):
        return False
    return all(_has_param(param, named) for param in filter_.params)


def _has_param(filter_: ParamFilter, named: list[Property]) -> bool:
    values = list(_param_values(filter_.name, named))
    if filter_.is_absent or not values:
        return filter_.is_absent and not values
    return filter_.text is None or filter_.text.holds(values)


def _param_values(name: str, named: list[Property]) -> Iterator[str]:
    for item in named:
        yield from item.params.get(name, ())
