"""Knows which uploaded texts are kept to the byte, which are mended, and which would harm those who read them.

A text that is kept may be answered with its ETag; one that was mended may not (RFC 4791 §5.3.4), so that the client
fetches what is really stored.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from radicale_plugin.limits import Limits
from radicale_plugin.objects import INVALID, Refused, examine_object
from server.ical.recurrence import Freq, Rule, TooComplex, expand, parse_rule
from server.ical.scan import BadCalendar, Component, Property, scan
from server.ical.values import parse_moment

CARD = "VCARD"
INSTANCES_MAX = 10_000
"""How many occurrences a rule may have in the first year; an hourly one has 8,760."""
RULES_MAX = 20
"""How many rules an object may have: RFC 5545 §3.8.5.3 knows one, and readers walk along each of them."""
ZONE_PARTS_MAX = 500
"""How many STANDARD and DAYLIGHT an object may have; the fullest history of one zone has some 240 changes."""
FIRST_WITHIN_DAYS = {
    Freq.YEARLY: 40 * 366,
    Freq.MONTHLY: 40 * 366,
    Freq.WEEKLY: 40 * 366,
    Freq.DAILY: 40 * 366,
}
"""How soon a rule must have an occurrence: the rarest that people write falls on a weekday that is 29 February."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]|\r(?!\n)")
_BARE_LINE_FEED = re.compile("(?<!\r)\n")
_BLANK_LINE = re.compile(r"^[ \t]*\r\n", re.MULTILINE)
_METHOD = re.compile(r"^METHOD[;:][^\r]*\r\n(?:[ \t][^\r]*\r\n)*", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A text that may be stored; `is_kept` tells whether it is what the client sent, to the byte.

    `uid` and `kind` are those of a calendar object; the kind of a card is `CARD`, and its UID is not looked for.
    """

    text: str
    is_kept: bool
    uid: str
    kind: str


def etag_of(data: bytes) -> str:
    """Return the strong entity tag of stored bytes."""
    return f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'


def examine(body: bytes, text: str, limits: Limits) -> Upload:
    """Return what of an uploaded body is stored; raises Refused. `text` is the body, decoded as its charset says."""
    is_card = text.lstrip("\ufeff \t\r\n")[:11].upper() == "BEGIN:VCARD"
    if found := _FORBIDDEN.search(text):
        raise Refused(
            "CR:valid-address-data" if is_card else INVALID,
            f"the text has a control character, U+{ord(found[0]):04X}",
        )
    mended = _mend(text)
    if not is_card and len(mended) > limits.object_bytes:
        raise Refused("C:max-resource-size", f"more than {limits.object_bytes} bytes")
    uid, kind = ("", CARD) if is_card else _check(mended, limits.attendees)
    return Upload(mended, mended.encode() == body, uid, kind)


def _mend(text: str) -> str:
    text = _BARE_LINE_FEED.sub("\r\n", text.removeprefix("\ufeff"))
    if not text.endswith("\r\n"):
        text += "\r\n"
    text = _BLANK_LINE.sub("", text)
    return _METHOD.sub("", text)


def _check(text: str, attendees_max: int) -> tuple[str, str]:
    try:
        calendar = scan(text)
    except BadCalendar as bad:
        raise Refused(INVALID, str(bad)) from bad
    timed = [component for component in calendar.components if component.name != "VTIMEZONE"]
    zones = list(calendar.children("VTIMEZONE"))
    if sum(len(zone.components) for zone in zones) > ZONE_PARTS_MAX:
        raise Refused(INVALID, f"time zones of more than {ZONE_PARTS_MAX} parts")
    for zone in zones:
        _check_zone(zone)
    if sum(len(list(_rules(component))) for component in timed) > RULES_MAX:
        raise Refused("C:max-instances", f"more than {RULES_MAX} rules")
    for component in timed:
        if sum(1 for _ in component.all("ATTENDEE")) > attendees_max:
            raise Refused("C:max-attendees-per-instance", f"more than {attendees_max} attendees")
        _check_rules(component)
    return examine_object(calendar)


def _check_zone(zone: Component) -> None:
    for part in zone.components:
        for written in part.all("RRULE"):
            rule = _parsed(written.value)
            if rule.freq not in (Freq.YEARLY, Freq.MONTHLY):
                raise Refused(INVALID, "a time zone changes more often than monthly")
            try:
                _check_occurs(rule, _start(part))
            except (TooComplex, ValueError, OverflowError) as bad:
                raise Refused(INVALID, f"RRULE of a time zone: {bad}") from bad


def _check_rules(component: Component) -> None:
    for written in _rules(component):
        rule = _parsed(written.value)
        try:
            _check_cost(rule, _start(component))
        except (TooComplex, ValueError, OverflowError) as bad:
            raise Refused("C:max-instances", f"{written.name}: {bad}") from bad


def _start(component: Component) -> datetime:
    begins = component.first("DTSTART")
    return parse_moment(begins.value).naive if begins else datetime(2000, 1, 1)  # noqa: DTZ001


def _rules(component: Component) -> Iterable[Property]:
    return (item for name in ("RRULE", "EXRULE") for item in component.all(name))


def _parsed(rule: str) -> Rule:
    try:
        return parse_rule(rule)
    except TooComplex as bad:
        raise Refused(INVALID, str(bad)) from bad


def _check_cost(rule: Rule, start: datetime) -> None:
    """Refuse what makes readers walk for minutes: too many occurrences, or none for so long that all look in vain."""
    if rule.freq in (Freq.MINUTELY, Freq.SECONDLY):
        raise TooComplex(f"repeats {rule.freq.name.lower()}")
    if rule.count is not None and rule.count > INSTANCES_MAX:
        raise TooComplex(f"more than {INSTANCES_MAX} occurrences")
    _check_occurs(rule, start)
    year = expand(rule, start, start, _later(start, timedelta(days=366)))
    if sum(1 for _ in year) > INSTANCES_MAX:
        raise TooComplex(f"more than {INSTANCES_MAX} occurrences in a year")


def _check_occurs(rule: Rule, start: datetime) -> None:
    """Refuse a rule that readers such as dateutil follow to the year 9999: they look at UNTIL only where there is a match."""
    endless = replace(rule, until=None)
    within = timedelta(days=FIRST_WITHIN_DAYS.get(rule.freq, 366))
    if next(expand(endless, start, start, _later(start, within)), None) is None:
        raise TooComplex("never occurs")


def _later(start: datetime, by: timedelta) -> datetime:
    try:
        return start + by
    except OverflowError:
        return datetime(9999, 12, 31)  # noqa: DTZ001  (rules are counted in the wall time that they are written in)
