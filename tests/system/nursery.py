"""Servers that start fast, because what they import is there already: each is a fork of this process.

Run as a script with the words of a `daybook` command: for each line it reads, it forks a process that runs the command,
and prints its number; its own exit status is that of the last one. What the fork reads and writes is what any new process would.
"""

import gc
import os
import sys

import server.bootstrap
import server.cli.log
import server.cli.serve
import server.web.loop
import server.web.sockets  # noqa: F401
from server.cli import main
from server.ical.timezones import zone


def _nurse(words: list[str]) -> None:
    zone("Europe/Berlin")  # as imports: the names of all zones are read from the disk once
    # As a server does when it stands: else each start goes through all that is here.
    gc.collect()
    gc.freeze()
    status = 0
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            # Else what is typed for the next server would be read by this one.
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            main(words)
            os._exit(0)
        print(child, flush=True)
        # One at a time: the next line is read when this one has been killed.
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(status)


if __name__ == "__main__":
    _nurse(sys.argv[1:])
