"""Which language a browser's owner reads, of those that Daybook speaks."""

from collections.abc import Collection

LANGUAGES_MAX = 20


def choose(accept: str, available: Collection[str], fallback: str) -> str:
    """Return the best of `available` for an Accept-Language header (RFC 9110 §12.5.4); a region falls back to its language."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:LANGUAGES_MAX]):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and weight > 0:
            wanted.append((-weight, place, tag.strip().lower()))
    for _, _, tag in sorted(wanted):
        language = tag.partition("-")[0]
        if language in available:
            return language
    return fallback


def region_of(accept: str, language: str) -> str:
    """Return the region that goes with `language`, "" if none: `en-GB` counts hours and days unlike `en-US`."""
    for part in accept.split(",")[:LANGUAGES_MAX]:
        name, _, rest = part.partition(";")[0].strip().replace("_", "-").partition("-")
        region = rest.rpartition("-")[2].upper()
        if name.lower() == language and len(region) == 2 and region.isascii() and region.isalpha():
            return region
    return ""


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0
