"""Durations as people type them."""

import re

import click

_PARTS = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m?)?")


class Minutes(click.ParamType[int]):
    """A number of minutes: 45, 45m, 1h30m or 2d."""

    name = "minutes"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the minutes that a text spells."""
        if isinstance(value, int):
            return value
        text = str(value).strip().lower()
        match = _PARTS.fullmatch(text)
        if not text or match is None:
            self.fail(f"“{value}” is no duration: write it as 45, 1h30m or 2d", param, ctx)
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return days * 1440 + hours * 60 + minutes


MINUTES = Minutes()
