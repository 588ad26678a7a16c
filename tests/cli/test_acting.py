"""`--as HOST` and `--no-notify`: what an operator does in the name of a host, and without a notice."""

from typing import cast

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, DAY, GUEST, INTRO

BOB = ("host", "add", "bob", "--email", "bob@example.org", "--zone", "UTC")


def test_a_host_sees_moves_and_cancels_the_own_bookings_and_no_others(shell: Shell) -> None:
    """C9, C27, C28, S1.24, S1.38, S1.39"""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always")
    shell.run(*BOB)
    wish = (*GUEST, "--date", f"{DAY}", "--time", "10:00")
    id_ = cast("dict[str, str]", shell.json("booking", "create", "intro", *wish, "--as", "alice"))["id"]
    foreign, unknown = [
        shell.attempt("booking", "show", one, "--as", "bob") for one in (id_, "bk_aaaaaaaaaaaaaaaz")
    ]
    assert foreign == unknown
    assert shell.attempt("event-type", "delete", "alice/intro", "--yes", "--as", "bob")[0] == 1
    assert shell.json("booking", "list", "--as", "bob") == []
    move = ("--date", f"{DAY}", "--time", "14:00", "--no-notify")
    assert f"{DAY} 14:00" in shell.run("booking", "reschedule", id_, *move, "--as", "alice")
    shell.run("booking", "cancel", id_, "--no-notify", "--as", "alice")
    shown = shell.run("booking", "show", id_, "--as", "alice")
    for word in ("booking.created", "booking.rescheduled", "booking.cancelled", "rescheduled_bare"):
        assert word in shown
    assert shown.count("by host, without notice") == 2
    shell.run("event-type", "delete", "alice/intro", "--yes", "--as", "alice")
