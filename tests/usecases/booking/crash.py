"""Sudden death: ports that stop answering for ever at a chosen point, as a killed process would."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from server.ports import Calendars, Ledger, Ports


class Died(BaseException):
    """The process is gone. Derived from BaseException, so that no handler of errors runs."""


class Fuse:
    """Burns down with each call to disk or ledger; every call has two points to die at, before and after its work."""

    def __init__(self, points: int) -> None:
        self.points = points

    def burn(self) -> None:
        """Pass one point, or die there and at every later one."""
        if self.points <= 0:
            raise Died
        self.points -= 1


class Mortal:
    """Another port with a fuse in front of everything it writes."""

    def __init__(self, port: object, fuse: Fuse, writes: frozenset[str]) -> None:
        self._port, self._fuse, self._writes = port, fuse, writes

    def __getattr__(self, name: str) -> object:
        method = getattr(self._port, name)
        if name not in self._writes:
            return method
        call = cast(Callable[..., object], method)

        async def guarded(*args: object, **kwargs: object) -> object:
            self._fuse.burn()
            await asyncio.sleep(0)  # whoever does something at the same time comes in between
            result = await call(*args, **kwargs)  # type: ignore[misc]
            await asyncio.sleep(0)
            self._fuse.burn()
            return result

        return guarded


def mortal(ports: Ports, points: int) -> Ports:
    """Return the same ports, which die after `points` points of stage, claim, swap and settle were passed."""
    fuse = Fuse(points)
    return replace(
        ports,
        calendars=cast(Calendars, Mortal(ports.calendars, fuse, frozenset({"stage", "swap", "discard"}))),
        ledger=cast(Ledger, Mortal(ports.ledger, fuse, frozenset({"begin", "settle", "release"}))),
    )
