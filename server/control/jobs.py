"""The command that shows what a server does by itself, and what waits for its time."""

from datetime import timedelta

import msgspec

from server.control.command import Command
from server.control.views import MailView, instant
from server.ports import JobRun, Ports

SHOWN_MAX = 100
FAR = 2**62


class ShowJobs(Command, tag="jobs.show"):
    """Show the jobs of the running server, and the messages that leave next."""

    limit: int = SHOWN_MAX


class JobView(msgspec.Struct, kw_only=True):
    """A job: when its latest turn began and ended, what went wrong in it, and when the next is due."""

    name: str
    every_s: float
    began: str
    ended: str | None
    error: str | None
    next: str | None

    @classmethod
    def of(cls, run: JobRun) -> "JobView":
        """Return the view of a turn."""
        following = None if run.ended_at is None else run.ended_at + timedelta(seconds=run.every_s)
        return cls(
            name=run.name,
            every_s=run.every_s,
            began=instant(int(run.began_at.timestamp())),
            ended=None if run.ended_at is None else instant(int(run.ended_at.timestamp())),
            error=run.error,
            next=None if following is None else instant(int(following.timestamp())),
        )


class JobsView(msgspec.Struct, kw_only=True):
    """The jobs, none where no server runs; and what waits, as it will leave: mails, reminders, text messages."""

    now: str
    jobs: list[JobView]
    waiting: list[MailView]


async def show_jobs(ports: Ports, asked: ShowJobs) -> JobsView:
    """Return the jobs and what waits."""
    waiting = await ports.ledger.due_mails(FAR, max(0, asked.limit))
    return JobsView(
        now=instant(int(ports.clock.now().timestamp())),
        jobs=[JobView.of(run) for run in ports.jobs.runs()],
        waiting=[MailView.of(mail) for mail in waiting],
    )
