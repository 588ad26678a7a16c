"""Who of a team meets a guest, on the command line."""

from datetime import date, timedelta
from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_team import BERLIN, SALES

AHEAD = str(date.today() + timedelta(days=30))  # noqa: DTZ011 - any day to come


@pytest.fixture
def sales(shell: Shell) -> Shell:
    """Return a shell with the team sales of alice and bob."""
    for home in ("alice", "bob"):
        shell.run("host", "add", home, "--email", f"{home}@example.org", *BERLIN, "--hours", "always")
    shell.run(*SALES, "--member", "alice", "--member", "bob")
    return shell


def as_json(shell: Shell, *words: str) -> dict[str, object]:
    return cast(dict[str, object], shell.json(*words))


def test_a_strategy_is_set_shown_and_followed(sales: Shell) -> None:
    """S2.44, S2.45."""
    made = as_json(
        sales, "event-type", "create", "sales/demo", "--strategy", "round_robin", "--fixed-hosts", "bob"
    )
    assert (made["strategy"], made["rotation"], made["hosts"], made["fixed_hosts"]) == (
        "round_robin",
        "least_recent",
        None,
        ["bob"],
    )
    words = ("--rotation", "weighted", "--hosts", "alice,bob", "--fixed-hosts", "none")
    as_json(sales, "event-type", "edit", "sales/demo", *words)
    text = sales.run("event-type", "show", "sales/demo")
    for word in ("round_robin", "weighted", "alice, bob"):
        assert word in text
    guest = ("--name", "Gus Guest", "--email", "gus@example.net")
    for time, home in (("10:00", "alice"), ("12:00", "bob"), ("14:00", "alice")):
        booked = as_json(sales, "booking", "create", "sales/demo", "--date", AHEAD, "--time", time, *guest)
        assert (booked["home"], booked["team"]) == (home, "sales")
    assert as_json(sales, "event-type", "edit", "sales/demo", "--hosts", "all")["hosts"] is None


def test_a_strategy_that_cannot_be_is_refused(sales: Shell) -> None:
    """C20, S2.44."""
    sales.run("event-type", "create", "alice/intro")
    for said, words in (
        ("is for teams, and alice is a host", ("alice/intro", "--strategy", "collective")),
        ("must name the one member who meets", ("sales/demo", "--strategy", "individual")),
        ("must be members of sales, which carol is not", ("sales/demo", "--hosts", "alice,carol")),
        ("here is neither", ("sales/demo", "--strategy", "collective", "--fixed-hosts", "bob")),
        ("cannot be together with several hosts", ("sales/demo", "--seats", "3")),
    ):
        if words[0] == "sales/demo" and "sales/demo" not in sales.run("event-type", "list", "sales"):
            sales.run("event-type", "create", "sales/demo", "--strategy", "managed")
        code, text = sales.attempt("event-type", "edit", *words)
        assert code == 1
        assert said in text
