"""Knows how deep XML may nest before it harms who reads it."""

from xml.parsers import expat

DEPTH_MAX = 64
"""The deepest request of RFC 4791 nests eight elements; what a client stores as a property may be deeper."""


class TooDeep(Exception):
    """The text nests deeper than anybody means to, or declares entities, which can hide how deep it is."""


def examine_depth(text: str) -> None:
    """Raise TooDeep for XML that nests deeper than `DEPTH_MAX`; XML that is none is left to its parser.

    Before a tree is built: trees are walked and freed by recursion, in C too, where 100,000 levels end the process.
    """
    depth = 0

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise TooDeep(f"more than {DEPTH_MAX} elements in one another")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: object) -> None:
        raise TooDeep("entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(text, True)  # noqa: FBT003  (takes no keywords)
    except expat.ExpatError:
        return
