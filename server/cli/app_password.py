"""`daybook app-password`: passwords of single programs."""

import shlex

import click

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.control.app_passwords import (
    AppPasswordView,
    ListAppPasswords,
    MakeAppPassword,
    NewAppPassword,
    RevokeAppPassword,
)


@click.group(name="app-password")
def app_password() -> None:
    """Make, list and revoke the passwords of a host's calendar programs."""


@app_password.command()
@click.argument("home", metavar="HOST")
@click.option("--name", required=True, help='What the password is for: "phone".')
@on_installation
def create(installation: Installation, home: str, name: str) -> None:
    """Make a password that opens the calendars of HOST, and print it once."""
    made = installation.ask(MakeAppPassword(home, name), NewAppPassword)
    lines = (f"App password “{made.name}” of {made.home} (shown once):", "", f"    {made.password}", "")
    cure = f"daybook app-password revoke {made.home} {shlex.quote(made.name)}"
    hint = f"The user is {made.home}. To take it back: {cure}"
    installation.show(made, lambda: "\n".join((*lines, hint)))


@app_password.command(name="list")
@click.argument("home", metavar="HOST")
@on_installation
def list_(installation: Installation, home: str) -> None:
    """List the app passwords of HOST with the time of their last use."""
    found = installation.ask(ListAppPasswords(home), list[AppPasswordView])
    installation.show(found, lambda: _table(found))


@app_password.command()
@click.argument("home", metavar="HOST")
@click.argument("name")
@on_installation
def revoke(installation: Installation, home: str, name: str) -> None:
    """Take the app password NAME of HOST back: it opens nothing from now on."""
    left = installation.ask(RevokeAppPassword(home, name), list[AppPasswordView])
    installation.show(left, lambda: f"“{name}” opens nothing any more.")


def _table(found: list[AppPasswordView]) -> str:
    rows = [(one.name, one.made or "", one.used or "never", "lost" if one.is_lost else "") for one in found]
    return columns(("NAME", "MADE", "LAST USED", ""), rows, "There is no app password.")
