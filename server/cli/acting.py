"""`--as HOST`: what an operator does in the name of a host concerns what is that host's alone."""

import click

acting = click.option(
    "--as", "acting", metavar="HOST", help="Act as this host, who sees and changes only their own."
)
