"""Servers that start fast, because what they import is there already: each is a fork of this process.

Run as a script with the words of a `daybook` command: for each line it reads, it forks a process that runs the command,
and prints its number. What the fork reads and writes is what any new process would.
"""

import os
import sys

import server.bootstrap
import server.cli.serve  # noqa: F401
from server.cli import main
from server.ical.timezones import zone


def _nurse(words: list[str]) -> None:
    zone("Europe/Berlin")  # as imports: the names of all zones are read from the disk once
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            # Else what is typed for the next server would be read by this one.
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            main(words)
            os._exit(0)
        print(child, flush=True)
        # One at a time: the next line is read when this one has been killed.
        os.waitpid(child, 0)


if __name__ == "__main__":
    _nurse(sys.argv[1:])
