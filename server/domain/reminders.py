"""Reminders of an event type: how long before a meeting, to whom, by which way.

Written as one line each: "24h guest", "1h guest,host", "2h guest sms".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

REMINDERS_MAX = 10
MINUTES_MIN = 5
MINUTES_MAX = 60 * 1440

_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?")
_HELP = "write it like “24h guest”, “1h guest,host” or “2h guest sms”"


class Channel(StrEnum):
    """The way a message takes."""

    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A message so many minutes before the start; by SMS it reaches the guests whose number is known."""

    minutes_before: int
    to_guests: bool = True
    to_host: bool = False
    channel: Channel = Channel.MAIL

    def __str__(self) -> str:
        people = ",".join(
            word for word, holds in (("guest", self.to_guests), ("host", self.to_host)) if holds
        )
        by = "" if self.channel is Channel.MAIL else f" {self.channel}"
        return f"{duration(self.minutes_before)} {people}{by}"


def parse(text: str) -> Reminder:
    """Return the reminder that a line spells; raises ValueError with how to write one."""
    words = text.lower().split()
    match = _DURATION.fullmatch(words[0]) if words else None
    if match is None or len(words) not in {2, 3}:
        raise ValueError(f"“{text}” is no reminder: {_HELP}")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    people = {word.removesuffix("s") for word in words[1].split(",")}
    if not people <= {"guest", "host"} or (len(words) == 3 and words[2] not in set(Channel)):
        raise ValueError(f"“{text}” is no reminder: {_HELP}")
    return Reminder(
        minutes_before=days * 1440 + hours * 60 + minutes,
        to_guests="guest" in people,
        to_host="host" in people,
        channel=Channel(words[2]) if len(words) == 3 else Channel.MAIL,
    )


def ordered(reminders: Iterable[Reminder]) -> tuple[Reminder, ...]:
    """Return reminders as they will leave, the earliest first, without repetitions."""
    return tuple(sorted(set(reminders), key=lambda one: (-one.minutes_before, str(one))))


def fault(reminders: Sequence[Reminder]) -> str | None:
    """Return what is wrong with an event type's reminders; None when all is well."""
    if len(reminders) > REMINDERS_MAX:
        return f"may be {REMINDERS_MAX} at most, not {len(reminders)}"
    for one in reminders:
        if not MINUTES_MIN <= one.minutes_before <= MINUTES_MAX:
            return f"must be {MINUTES_MIN} minutes to {MINUTES_MAX // 1440} days before the start: “{one}”"
        if not (one.to_guests or one.to_host):
            return "must reach the guest, the host, or both"
        if one.to_host and one.channel is Channel.SMS:
            return f"cannot reach the host by SMS: “{one}”; write one by mail for the host"
    return None


def duration(minutes: int) -> str:
    """Return minutes as people write them: "1d2h30m"."""
    days, rest = divmod(minutes, 1440)
    hours, rest = divmod(rest, 60)
    return "".join(f"{n}{unit}" for n, unit in ((days, "d"), (hours, "h"), (rest, "m")) if n) or "0m"


def asks_for_phone(reminders: Iterable[Reminder]) -> bool:
    """Tell whether guests need a number to get all of these."""
    return any(one.to_guests and one.channel is Channel.SMS for one in reminders)
