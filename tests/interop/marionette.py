"""Mozilla's Marionette: JSON arrays, each after its length and a colon, over a socket that the program opens for tests."""

import json
import socket
from typing import cast

ANSWER_S = 60
_COMMAND = 0


class MarionetteError(Exception):
    """The program could not do what it was asked to."""


class Asked(MarionetteError):
    """A window with a question to the user ended the script; it stays open until `dismiss`."""


class Marionette:
    """A connection to a program that was started with `--marionette`; raises OSError while it does not listen yet."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWER_S)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        try:
            self._receive()  # the greeting
            self.ask("WebDriver:NewSession", capabilities={})
            self.ask("WebDriver:SetTimeouts", script=1000 * ANSWER_S)
            self.ask("Marionette:SetContext", value="chrome")
        except BaseException:
            self.close()
            raise

    def ask(self, command: str, **parameters: object) -> dict[str, object]:
        """Return the answer to one command."""
        self._number += 1
        body = json.dumps([_COMMAND, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(body), body))
        _, _, error, answer = cast(tuple[int, int, object, dict[str, object]], self._receive())
        if error:
            raise MarionetteError(json.dumps(error, indent=1))
        return answer

    def run(self, script: str, *values: object) -> object:
        """Run the body of an asynchronous function in the program's own window and return what it returns."""
        wrapped = (
            "const given = [...arguments], done = given.pop();"
            f"(async (...values) => {{{script}\n}})(...given)"
            ".then(value => done({value}), error => done({error: `${error}\\n${error.stack}`}));"
        )
        answer = self.ask("WebDriver:ExecuteAsyncScript", script=wrapped, args=list(values))["value"]
        if not isinstance(answer, dict):
            # A window that opens in the middle ends the script: a question to the user, most likely for a password.
            raise Asked(self.ask("WebDriver:GetAlertText")["value"])
        if "error" in answer:
            raise MarionetteError(str(answer["error"]))
        return answer.get("value")

    def dismiss(self) -> None:
        """Answer the question of the open window with no."""
        self.ask("WebDriver:DismissAlert")

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def _receive(self) -> object:
        length = b""
        while (sign := self._stream.read(1)) != b":":
            if not sign:
                raise MarionetteError("the program hung up")
            length += sign
        return json.loads(self._stream.read(int(length)))
