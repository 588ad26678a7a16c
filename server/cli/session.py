"""Asking an installation several things in a row: over the socket of its server, or of the opened directory itself."""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import IO, Protocol

import msgspec

from server.cli.refusals import Failed
from server.control.answers import Answer, read_answer
from server.control.commands import Request
from server.domain.errors import Unavailable
from server.settings.model import Settings

CONTROL_SOCKET = "control.sock"

Answering = Callable[[Request], Coroutine[None, None, Answer]]


class Session(Protocol):
    """Somebody who answers until closed."""

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class SocketSession:
    """The server of a data directory."""

    def __init__(self, connection: socket.socket, lines: IO[bytes]) -> None:
        self._connection = connection
        self._lines = lines

    @classmethod
    def open(cls, data: Path, within_s: float) -> "SocketSession | None":
        """Return the server of `data`, which has so long for each answer; None when none listens."""
        try:
            folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
        except OSError:
            return None
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(within_s)
        try:
            # By its folder's descriptor, since the address of a Unix socket holds 107 bytes and a path may be longer.
            connection.connect(f"/proc/self/fd/{folder}/{CONTROL_SOCKET}")
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        except PermissionError as error:
            connection.close()
            raise Failed(
                f"{data / CONTROL_SOCKET} belongs to another user.",
                ("Run the command as the server's user.",),
            ) from error
        finally:
            os.close(folder)
        return cls(connection, connection.makefile("rb"))

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; raises `Failed` when the server breaks off."""
        try:
            self._connection.sendall(msgspec.json.encode(request) + b"\n")
            line = self._lines.readline()
        except (ConnectionError, TimeoutError) as error:
            raise Failed("The server broke off while it answered; its log says why.") from error
        if not line.endswith(b"\n"):
            raise Failed("The server broke off while it answered; its log says why.")
        return read_answer(line)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._connection.close()


class DirectSession:
    """The data directory, opened here."""

    def __init__(
        self, runner: asyncio.Runner, opened: AbstractAsyncContextManager[Answering], answer: Answering
    ) -> None:
        self._runner = runner
        self._opened = opened
        self._answer = answer

    @classmethod
    def open(cls, settings: Settings) -> "DirectSession | None":
        """Return the opened directory; None when another process has just taken it."""
        # What stands behind it takes half a second to import, which a command for a server does without.
        from server.adapters.data_dir import Held
        from server.bootstrap import answering

        runner, opened = asyncio.Runner(), answering(settings)
        try:
            return cls(runner, opened, runner.run(_enter(opened)))
        except Held:
            runner.close()
            return None
        except Unavailable as error:
            runner.close()
            raise Failed(error.message) from error
        except BaseException:
            runner.close()
            raise

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request."""
        return self._runner.run(self._answer(request))

    def close(self) -> None:
        """Close the directory."""
        try:
            self._runner.run(_leave(self._opened))
        finally:
            self._runner.close()


async def _enter(opened: AbstractAsyncContextManager[Answering]) -> Answering:
    return await opened.__aenter__()


async def _leave(opened: AbstractAsyncContextManager[Answering]) -> None:
    await opened.__aexit__(None, None, None)
