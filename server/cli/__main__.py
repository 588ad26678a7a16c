"""`python -m server.cli` is `daybook`."""

from server.cli import main

main(prog_name="daybook")
