"""The `daybook` command: one module per command."""

import click

from server.cli.api_key import api_key
from server.cli.app_password import app_password
from server.cli.backup import backup, restore
from server.cli.booking import booking
from server.cli.calendar import calendar
from server.cli.check import check
from server.cli.event_type import event_type
from server.cli.host import host
from server.cli.invite import invite
from server.cli.jobs import jobs
from server.cli.mail import mail
from server.cli.rebuild import rebuild
from server.cli.serve import serve
from server.cli.team import team


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="daybook")
def main() -> None:
    """Daybook: a scheduling server that keeps its bookings in calendars.

    Commands speak to the running server of the data directory; without one they open the directory themselves.
    """


main.add_command(serve)
main.add_command(host)
main.add_command(app_password)
main.add_command(api_key)
main.add_command(event_type)
main.add_command(team)
main.add_command(booking)
main.add_command(invite)
main.add_command(calendar)
main.add_command(mail)
main.add_command(jobs)
main.add_command(check)
main.add_command(backup)
main.add_command(restore)
main.add_command(rebuild)
