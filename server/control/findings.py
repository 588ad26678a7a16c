"""What a look at an installation finds: one thing, how bad it is, and what to do about it."""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How bad a finding is: a fault stops something from working."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(msgspec.Struct):
    """One thing that was looked at, and what to do about it."""

    verdict: Verdict
    about: str
    text: str
    cure: str = ""
