"""`daybook serve`: the server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import click

from server.cli.installation import read_settings
from server.cli.refusals import Failed
from server.domain.errors import Unavailable
from server.settings.model import Settings

DEMO_TEXT = """
Daybook is running, with a demo host and a demo team.

  Book a meeting    {url}/u/demo/intro
  Book a team       {url}/team/studio
  See its mails     {url}/demo/mail
  The calendar      {url}/dav/demo/calendar/    (CalDAV; user demo, password demo)
  The data          {data}

Stop it with Ctrl-C. Nothing leaves this machine.
"""


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="The settings file.")
@click.option("--data", metavar="DIR", help="The data directory, in place of the one the settings name.")
@click.option(
    "--listen", metavar="HOST:PORT", help="The address to listen on, in place of the settings' one."
)
@click.option("--demo", is_flag=True, help="Furnish a demo host and keep all mails on this machine.")
def serve(config: Path | None, data: str | None, listen: str | None, demo: bool) -> None:
    """Serve booking pages, feeds and calendars until stopped."""
    options = {name: value for name, value in (("data", data), ("listen", listen)) if value is not None}
    settings = read_settings(config, options)
    # What a server stands on takes half a second to import; the other commands do without it.
    from server.bootstrap import serve as run
    from server.cli.log import configure
    from server.web.loop import CourteousLoop
    from server.web.sockets import CannotListen, is_loopback

    try:
        if demo and not is_loopback(settings.listen.host):
            raise Failed(
                f"The demonstration does not start on {settings.listen}.",
                ("Everybody knows its password. Listen on 127.0.0.1, or leave --demo out.",),
            )
        configure(settings.log)
        with asyncio.Runner(loop_factory=CourteousLoop) as runner:
            runner.run(run(settings, demo=demo, announce=_announce_demo(settings) if demo else _announce))
    except CannotListen as error:
        cure = "Choose another address with --listen, or stop what listens there: ss -ltnp"
        raise Failed(f"Cannot listen on {settings.listen}: {error}.", (cure,)) from error
    except Unavailable as error:
        raise Failed(error.message) from error


def _announce(url: str, hosts: int) -> None:
    click.echo(f"Daybook listens on {url}")
    if not hosts:
        click.echo(
            "There is no host yet: daybook host add alice --email alice@example.org --zone Europe/Berlin"
        )


def _announce_demo(settings: Settings) -> Callable[[str, int], None]:
    return lambda url, _: click.echo(DEMO_TEXT.format(url=url, data=settings.data.resolve()))
