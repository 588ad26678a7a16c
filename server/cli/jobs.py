"""`daybook jobs`: what the server does by itself."""

import click

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.cli.mail import kind_of, reader_of
from server.control.jobs import JobsView, ShowJobs


@click.command()
@click.option("--limit", type=click.IntRange(0, 10_000), default=100, show_default=True)
@on_installation
def jobs(installation: Installation, limit: int) -> None:
    """Show when each job last ran and how it ended, and which mails and reminders leave next."""
    found = installation.ask(ShowJobs(limit), JobsView)
    installation.show(found, lambda: _text(found))


def _text(found: JobsView) -> str:
    runs = [
        (
            one.name,
            f"{one.every_s:.0f} s",
            one.began,
            "at work" if one.ended is None else one.error or "well",
            one.next or "",
        )
        for one in found.jobs
    ]
    waiting = [
        (
            one.due,
            one.invite or one.booking,
            kind_of(one),
            reader_of(one),
            one.error or "",
        )
        for one in found.waiting
    ]
    nothing_runs = "No server runs on this data directory, so no job does: daybook serve"
    return "\n".join(
        [
            columns(("JOB", "EVERY", "LAST BEGAN", "ENDED", "NEXT"), runs, nothing_runs),
            "",
            columns(("DUE", "ABOUT", "KIND", "TO", "ERROR"), waiting, "Nothing waits to be sent."),
        ]
    )
