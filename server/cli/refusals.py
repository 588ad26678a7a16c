"""How a command ends that could not do what it was asked."""

from collections.abc import Iterable

import click

from server.control.answers import Refusal

UNITS = ("_min", "_days")


class Failed(click.ClickException):
    """The end of a command: one sentence, and below it what is wrong or what to do."""

    def __init__(self, message: str, details: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)

    def format_message(self) -> str:
        """Return the sentence with its details below."""
        return "\n".join((self.message, *(f"  {detail}" for detail in self.details)))


def fail(refusal: Refusal, *advice: str) -> Failed:
    """Return how a command ends after `refusal`; fields are called as the options are."""
    fields = [f"{_option(field)}: {fault}" for field, fault in refusal.fields.items()]
    nearest = [f"a free start: {start}" for start in refusal.nearest]
    conflicts = [f"{start}: {reason.replace('_', ' ')}" for start, reason in refusal.conflicts]
    if conflicts:
        advice = ("To leave these out: --skip-conflicts", *advice)
    return Failed(refusal.message, (*fields, *conflicts, *nearest, *advice))


def _option(field: str) -> str:
    for unit in UNITS:
        field = field.removesuffix(unit)
    field = field.removeprefix("recurring.")
    return {"frequency": "repeat", "interval": "every"}.get(field, field).replace("_", "-")
