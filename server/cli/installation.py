"""Which installation a command is for, and how it is asked: by the socket of its server, or directly without one."""

import asyncio
import os
import pwd
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from server.cli.given import Option
from server.cli.refusals import Failed, fail
from server.control.answers import Answer, Done, Refused, read_answer
from server.control.commands import Request
from server.control.hosts import AddHost
from server.domain.errors import Unavailable
from server.settings.load import load
from server.settings.model import Settings
from server.settings.sources import SettingsError

T = TypeVar("T")

CONTROL_SOCKET = "control.sock"
WAIT_S = 10.0
"""How long a command waits for a server that is just starting or stopping."""
ANSWER_S = 120.0


def read_settings(config: Path | None, options: Mapping[str, str]) -> Settings:
    """Return the settings of file, environment and options; raises `Failed` with every fault."""
    try:
        return load(config, os.environ, options)
    except SettingsError as error:
        raise Failed("The settings cannot be used:", error.faults) from error


@dataclass(frozen=True, slots=True)
class Installation:
    """A data directory with its settings, as the options of a command name it."""

    config: Path | None
    data: str | None
    as_json: bool

    def settings(self) -> Settings:
        """Return the settings; raises `Failed` with every fault."""
        return read_settings(self.config, {} if self.data is None else {"data": self.data})

    def ask(self, request: Request, kind: type[T], *, within_s: float = ANSWER_S) -> T:
        """Return the answer to `request`; raises `Failed` when it is refused, or is not there in time."""
        found = self.try_ask(request, within_s=within_s)
        if isinstance(found, Refused):
            raise fail(found.refusal)
        return self.convert(found, kind)

    @staticmethod
    def convert(done: Done, kind: type[T]) -> T:
        """Return a result as the view it is."""
        return msgspec.convert(done.result, kind)

    def try_ask(self, request: Request, *, within_s: float = ANSWER_S) -> Answer:
        """Return the result of `request`, or why it was refused."""
        settings = self.settings()
        deadline = time.monotonic() + WAIT_S
        while True:
            found = _by_socket(settings.data, request, within_s) or _directly(settings, request)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise Failed(
                    f"Another process holds {settings.data} and does not answer.",
                    (f"See who: fuser {settings.data / 'lock'}",),
                )
            time.sleep(0.1)

    def show(self, result: object, text: Callable[[], str]) -> None:
        """Print a result, as JSON if that was asked for, else as the text for people."""
        if self.as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
        else:
            click.echo(text())


def on_installation(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name an installation, and the installation as its argument `installation`."""

    @click.option("--config", type=click.Path(path_type=Path), help="The settings file.")
    @click.option("--data", metavar="DIR", help="The data directory, in place of the one the settings name.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(command)
    def with_installation(config: Path | None, data: str | None, as_json: bool, **options: Option) -> None:
        command(installation=Installation(config, data, as_json), **options)

    return with_installation


def _by_socket(data: Path, request: Request, within_s: float) -> Answer | None:
    """Return what the server of `data` answers; None when none listens."""
    try:
        folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
    except OSError:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(within_s)
        try:
            # By its folder's descriptor, since the address of a Unix socket holds 107 bytes and a path may be longer.
            connection.connect(f"/proc/self/fd/{folder}/{CONTROL_SOCKET}")
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except PermissionError as error:
            raise Failed(
                f"{data / CONTROL_SOCKET} belongs to another user.",
                ("Run the command as the server's user.",),
            ) from error
        finally:
            os.close(folder)
        connection.sendall(msgspec.json.encode(request) + b"\n")
        with connection.makefile("rb") as lines:
            line = lines.readline()
    if not line.endswith(b"\n"):
        raise Failed("The server broke off while it answered; its log says why.")
    return read_answer(line)


def _directly(settings: Settings, request: Request) -> Answer | None:
    """Open the data directory and answer the request here; None when another process has just taken it."""
    from server.adapters.data_dir import Held
    from server.bootstrap import answer_directly

    _refuse_missing(settings.data, request)
    _refuse_foreign_owner(settings.data)
    try:
        return asyncio.run(answer_directly(settings, request))
    except Held:
        return None
    except Unavailable as error:
        raise Failed(error.message) from error


def _refuse_missing(data: Path, request: Request) -> None:
    """Refuse to make a directory by looking into it: a name was mistyped, or the command runs in the wrong folder."""
    if not data.exists() and not isinstance(request, AddHost):
        cure = (
            "Name it with --data or DAYBOOK_DATA. The first `daybook host add` or `daybook serve` makes one."
        )
        raise Failed(f"There is no data directory {data.absolute()}.", (cure,))


def _refuse_foreign_owner(data: Path) -> None:
    """Refuse to open another user's directory as root, whose new files the server could not write afterwards."""
    try:
        owner = data.stat().st_uid
    except OSError:
        return
    if os.geteuid() == 0 and owner != 0:
        name = _user_name(owner)
        raise Failed(
            f"{data} belongs to {name}, and no server runs on it.",
            (f"Run the command as its owner: sudo -u {name} …",),
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
