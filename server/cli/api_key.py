"""`daybook api-key`: keys of programs for the API."""

import click

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.control.api_keys import ApiKeyView, ListApiKeys, MakeApiKey, NewApiKey, RevokeApiKey


@click.group(name="api-key")
def api_key() -> None:
    """Make, list and revoke the keys by which programs use the API."""


@api_key.command()
@click.argument("home", metavar="HOST", required=False)
@click.option(
    "--permission", "permissions", multiple=True, help="view, edit or delete; repeatable. Without it: all."
)
@click.option("--test", "is_test", is_flag=True, help="A key for trying out: its bookings are nobody's.")
@on_installation
def create(installation: Installation, home: str | None, permissions: tuple[str, ...], is_test: bool) -> None:
    """Make a key that acts as HOST, or on everything here without one, and print it once."""
    asked = MakeApiKey(home=home, permissions=permissions, is_test=is_test)
    made = installation.ask(asked, NewApiKey)
    whose = f"acts as {made.view.home}" if made.view.home else "acts on all bookings here"
    lines = (f"API key that {whose} (shown once):", "", f"    {made.key}", "")
    hint = f"To take it back: daybook api-key revoke {made.view.prefix}"
    installation.show(made, lambda: "\n".join((*lines, hint)))


@api_key.command(name="list")
@click.argument("home", metavar="HOST", required=False)
@on_installation
def list_(installation: Installation, home: str | None) -> None:
    """List the keys of HOST, or all, with the time of their last use."""
    found = installation.ask(ListApiKeys(home=home), list[ApiKeyView])
    installation.show(found, lambda: _table(found))


@api_key.command()
@click.argument("key", metavar="PREFIX")
@on_installation
def revoke(installation: Installation, key: str) -> None:
    """Take the key that begins with PREFIX back: it opens nothing from now on."""
    gone = installation.ask(RevokeApiKey(key), ApiKeyView)
    installation.show(gone, lambda: f"{gone.prefix}… opens nothing any more.")


def _table(found: list[ApiKeyView]) -> str:
    rows = [
        (
            f"{one.prefix}…",
            one.home or "(site)",
            ", ".join(text.partition(".")[2] for text in one.permissions),
            one.made,
            one.used or "never",
        )
        for one in found
    ]
    return columns(("KEY", "WHOSE", "MAY", "MADE", "LAST USED"), rows, "There is no API key.")
