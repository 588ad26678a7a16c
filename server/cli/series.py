"""Series on the command line: how they are asked for, and how their meetings are listed."""

from collections.abc import Callable

import click

from server.cli.columns import columns
from server.control.series import Repeat
from server.control.views import BookingView

occurrence = click.option(
    "--occurrence",
    metavar="DATE",
    help="Only this meeting of a series, by the day that the series has it on.",
)


def asked(frequency: str | None, interval: int, count: int | None, until: str | None) -> Repeat | None:
    """Return how a meeting shall repeat; raises UsageError for what is said without --repeat."""
    if frequency is None:
        if count is not None or until is not None or interval != 1:
            raise click.UsageError("--every, --count and --until need --repeat.")
        return None
    return Repeat(frequency=frequency, interval=interval, count=count, until=until)


def rule(found: BookingView) -> str:
    """Return how a series repeats, "" for what is none."""
    repeat = found.repeat
    if repeat is None:
        return ""
    every = "" if repeat.interval == 1 else f", every {repeat.interval}"
    bound = f"{repeat.count} times" if repeat.until is None else f"until {repeat.until}"
    return f"{repeat.frequency}{every}, {bound}"


def meetings(found: BookingView, local: Callable[[str], str]) -> list[str]:
    """Return the meetings of a series as lines, none for what is none."""
    if not found.occurrences:
        return []
    rows = [
        (one.date, local(one.start), local(one.end).partition(" ")[2], one.status, one.reason)
        for one in found.occurrences
    ]
    return ["", columns(("DATE", "FROM", "TO", "STATUS", ""), rows, "")]
