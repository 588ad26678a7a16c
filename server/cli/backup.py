"""`daybook backup` and `daybook restore`: everything, as it was at one instant."""

from pathlib import Path

import click

from server.cli.installation import Installation, on_installation
from server.cli.refusals import Failed
from server.control.backups import BackupView, MakeBackup
from server.domain.errors import Unavailable

MAKING_S = 6 * 3600.0
PROOF = "SHA256SUMS"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@on_installation
def backup(installation: Installation, folder: Path) -> None:
    """Copy ledger, homes and key into DIR, which is new or empty; the server goes on meanwhile.

    Whoever can read the copy can read every calendar and open every link: keep it like the data directory itself.
    """
    made = installation.ask(MakeBackup(str(folder.absolute())), BackupView, within_s=MAKING_S)
    if not (folder / PROOF).exists():
        raise Failed(
            f"The server made the backup in a {folder.absolute()} of its own, which cannot be seen from here.",
            (
                "Its service hides folders from it: name one below its data directory, or see ReadWritePaths=.",
            ),
        )
    installation.show(made, lambda: _text(made))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@on_installation
def restore(installation: Installation, folder: Path) -> None:
    """Put the backup in DIR into a data directory that holds nothing yet, after a look at every byte of it."""
    from server.bootstrap import restore as run

    settings = installation.settings()
    try:
        made_at = run(folder, settings)
    except Unavailable as error:
        raise Failed(error.message) from error
    result = {"made_at": made_at, "data": str(settings.data.absolute())}
    installation.show(result, lambda: f"{settings.data} is as it was at {made_at}. Start: daybook serve")


def _text(made: BackupView) -> str:
    lines = [
        f"{made.files} files, {made.bytes / 1e6:.1f} MB, in {made.folder}",
        f"Writers waited {made.held_ms} ms. To look through it: (cd {made.folder} && sha256sum --check --quiet {PROOF})",
    ]
    if not made.has_key:
        lines.append("The server's key stands in the settings and is not in the backup: keep it too.")
    return "\n".join(lines)
