"""Which installation a command is for, and how it is asked: by the socket of its server, or directly without one."""

import os
import pwd
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from server.cli.given import Option
from server.cli.refusals import Failed, fail
from server.cli.session import DirectSession, Session, SocketSession
from server.control.answers import Answer, Done, Refused
from server.control.commands import Request
from server.control.hosts import AddHost
from server.settings.load import load
from server.settings.model import Settings
from server.settings.sources import SettingsError

T = TypeVar("T")

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
        return self.read(self.try_ask(request, within_s=within_s), kind)

    @classmethod
    def read(cls, found: Answer, kind: type[T]) -> T:
        """Return the result in an answer as the view it is; raises `Failed` for a refusal."""
        if isinstance(found, Refused):
            raise fail(found.refusal)
        return cls.convert(found, kind)

    @staticmethod
    def convert(done: Done, kind: type[T]) -> T:
        """Return a result as the view it is."""
        return msgspec.convert(done.result, kind)

    def try_ask(self, request: Request, *, within_s: float = ANSWER_S) -> Answer:
        """Return the result of `request`, or why it was refused."""
        with self.session(within_s=within_s, may_create=isinstance(request, AddHost)) as session:
            return session.ask(request)

    @contextmanager
    def session(self, *, within_s: float = ANSWER_S, may_create: bool = False) -> Iterator[Session]:
        """Open the installation for several requests: a server, or the directory, which is held until the end."""
        settings = self.settings()
        deadline = time.monotonic() + WAIT_S
        while (session := _open(settings, within_s, may_create=may_create)) is None:
            if time.monotonic() > deadline:
                raise Failed(
                    f"Another process holds {settings.data} and does not answer.",
                    (f"See who: fuser {settings.data / 'lock'}",),
                )
            time.sleep(0.1)
        with closing(session):
            yield session

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


def _open(settings: Settings, within_s: float, *, may_create: bool) -> Session | None:
    """Return who answers for the data directory; None when a process holds it that does not listen."""
    by_socket = SocketSession.open(settings.data, within_s)
    if by_socket is not None:
        return by_socket
    if not may_create:
        _refuse_missing(settings.data)
    _refuse_foreign_owner(settings.data)
    return DirectSession.open(settings)


def _refuse_missing(data: Path) -> None:
    """Refuse to make a directory by looking into it: a name was mistyped, or the command runs in the wrong folder."""
    if not data.exists():
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
