"""The latest turns of jobs, kept as long as the process lives."""

from collections.abc import Sequence

from server.ports import JobRun


class JobRuns:
    """One turn for each job, in the order in which they had their first."""

    def __init__(self) -> None:
        self._runs: dict[str, JobRun] = {}

    def note(self, run: JobRun) -> None:
        """Remember a turn in place of the job's one before."""
        self._runs[run.name] = run

    def runs(self) -> Sequence[JobRun]:
        """Return the latest turns."""
        return tuple(self._runs.values())
