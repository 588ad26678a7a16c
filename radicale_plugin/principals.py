"""Knows how principals are searched for, RFC 3744 §9.4 and §9.5: each person finds themselves, and nobody else.

Who else has a home here is nobody's business; a client that looks for its own principal by name or address finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from radicale_plugin.filters import C
from radicale_plugin.listing import D

SEARCH, SEARCHABLE = f"{D}principal-property-search", f"{D}principal-search-property-set"
SEARCHES_MAX = 20
_SEARCHABLE = {f"{D}displayname": "Name", f"{C}calendar-user-address-set": "Address"}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `texts`, each in one of its properties, all of them or `is_any`; `asked` is what is shown."""

    texts: tuple[tuple[tuple[str, ...], str], ...]
    is_any: bool
    asked: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the properties that are looked into."""
        return tuple(dict.fromkeys(name for names, _ in self.texts for name in names))

    def finds(self, multistatus: Element) -> bool:
        """Tell whether a principal, shown with `names`, is one that is looked for; all are when there is nothing to look for."""
        held = (
            all(any(text in value for value in _values(multistatus, name)) for name in names)
            for names, text in self.texts
        )
        return not self.texts or (any(held) if self.is_any else all(held))


def read_search(request: Element) -> Search:
    """Return what a principal-property-search asks for."""
    texts = tuple(
        (tuple(one.tag for one in search.findall(f"{D}prop/*")), _folded(search.findtext(f"{D}match")))
        for search in request.findall(f"{D}property-search")[:SEARCHES_MAX]
    )
    asked = [one.tag for one in request.findall(f"{D}prop/*")]
    # python-caldav 3.6 writes the properties beside the element that they belong in.
    beside = [one.tag for one in request if one.tag in (f"{D}displayname", f"{C}calendar-home-set")]
    return Search(texts, request.get("test") == "anyof", tuple(dict.fromkeys([*asked, *beside])))


def propfind(names: tuple[str, ...]) -> Element:
    """Return the request for properties of one principal."""
    request = Element(f"{D}propfind")
    shown = SubElement(request, f"{D}prop")
    for name in names:
        SubElement(shown, name)
    return request


def searchable() -> Element:
    """Return which properties can be searched."""
    answer = Element(SEARCHABLE)
    for name, described in _SEARCHABLE.items():
        one = SubElement(answer, f"{D}principal-search-property")
        SubElement(SubElement(one, f"{D}prop"), name)
        description = SubElement(one, f"{D}description")
        description.text = described
        description.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return answer


def _values(multistatus: Element, name: str) -> Iterator[str]:
    for found in multistatus.iter(name):
        yield from (_folded(text) for text in found.itertext())


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()
