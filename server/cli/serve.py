"""`daybook serve`: the server."""

import asyncio
import os
from pathlib import Path

import click

from server.cli.refusals import Failed
from server.domain.errors import Unavailable
from server.settings.load import load
from server.settings.model import Settings
from server.settings.sources import SettingsError


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="The settings file.")
@click.option("--data", metavar="DIR", help="The data directory, in place of the one the settings name.")
@click.option(
    "--listen", metavar="HOST:PORT", help="The address to listen on, in place of the settings' one."
)
@click.option("--demo", is_flag=True, help="Furnish a demo host and keep all mails on this machine.")
def serve(config: Path | None, data: str | None, listen: str | None, demo: bool) -> None:
    """Serve booking pages, feeds and calendars until stopped."""
    settings = _settings(config, data, listen)
    # What a server stands on takes half a second to import; the other commands do without it.
    from server.bootstrap import serve as run
    from server.cli.log import configure
    from server.web.sockets import CannotListen, is_loopback

    try:
        if demo and not is_loopback(settings.listen.host):
            raise Failed(
                f"The demonstration does not start on {settings.listen}.",
                ("Everybody knows its password. Listen on 127.0.0.1, or leave --demo out.",),
            )
        configure(settings.log)
        asyncio.run(run(settings, demo=demo, announce=lambda url: _announce(settings, url, demo)))
    except CannotListen as error:
        cure = "Choose another address with --listen, or stop what listens there: ss -ltnp"
        raise Failed(f"Cannot listen on {settings.listen}: {error}.", (cure,)) from error
    except Unavailable as error:
        raise Failed(error.message) from error


def _settings(config: Path | None, data: str | None, listen: str | None) -> Settings:
    options = {name: value for name, value in (("data", data), ("listen", listen)) if value is not None}
    try:
        return load(config, os.environ, options)
    except SettingsError as error:
        raise Failed("The settings cannot be used:", error.faults) from error


def _announce(settings: Settings, url: str, demo: bool) -> None:
    if not demo:
        click.echo(f"Daybook listens on {url}")
        return
    click.echo(
        "\n".join(
            (
                "",
                "Daybook is running, with a demo host.",
                "",
                f"  Book a meeting    {url}/u/demo/intro",
                f"  See its mails     {url}/demo/mail",
                f"  The calendar      {url}/dav/demo/calendar/    (CalDAV; user demo, password demo)",
                f"  The data          {settings.data.resolve()}",
                "",
                "Stop it with Ctrl-C. Nothing leaves this machine.",
                "",
            )
        )
    )
