"""Options of a team's event type: who of its members meets a guest."""

import click

from server.control.event_type_view import EventTypeView
from server.domain.hosts import Rotation, Strategy

OPTIONS = (
    click.option(
        "--strategy",
        type=click.Choice([one.value for one in Strategy]),
        help="Of a team: one host and the same, whose turn it is, all together, or whom the guest chooses.",
    ),
    click.option(
        "--rotation",
        type=click.Choice([one.value for one in Rotation]),
        help="Whose turn it is among those who are free.",
    ),
    click.option("--hosts", metavar="NAMES", help='Which members take part, by comma; "all".'),
    click.option(
        "--fixed-hosts",
        "fixed_hosts",
        metavar="NAMES",
        help='Members who always take part beside the one whose turn it is, by comma; "none".',
    ),
)


def rows(found: EventTypeView) -> list[tuple[str, str]]:
    """Return what to show of an event type, nothing of one that is no team's."""
    if found.strategy == Strategy.INDIVIDUAL and found.hosts is None:
        return []
    rotates = found.strategy == Strategy.ROUND_ROBIN
    return [
        ("strategy", found.strategy),
        ("rotation", found.rotation if rotates else ""),
        ("hosts", "all members" if found.hosts is None else ", ".join(found.hosts)),
        ("fixed hosts", ", ".join(found.fixed_hosts)),
    ]
