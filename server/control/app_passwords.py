"""Commands about the passwords of a host's programs."""

import msgspec

from server.control.command import Command
from server.control.views import instant
from server.ports import Ports
from server.usecases.host import app_passwords
from server.usecases.host.app_passwords import Listed


class MakeAppPassword(Command, tag="app_password.create"):
    """Make an app password of a host under a name."""

    home: str
    name: str


class ListAppPasswords(Command, tag="app_password.list"):
    """List a host's app passwords."""

    home: str


class RevokeAppPassword(Command, tag="app_password.revoke"):
    """Take a host's app password back, by its name."""

    home: str
    name: str


class NewAppPassword(msgspec.Struct):
    """An app password in clear, told this once."""

    home: str
    name: str
    password: str


class AppPasswordView(msgspec.Struct):
    """An app password as operators see it; `is_lost` tells that it opens nothing, `used` is within a few minutes."""

    name: str
    made: str | None
    used: str | None
    is_lost: bool

    @classmethod
    def of(cls, listed: Listed) -> "AppPasswordView":
        """Return the view of an app password."""
        kept = listed.kept
        if kept is None:
            return cls(listed.name, None, None, is_lost=True)
        used = None if kept.used_at is None else instant(kept.used_at)
        return cls(listed.name, instant(kept.made_at), used, is_lost=False)


async def make_app_password(ports: Ports, asked: MakeAppPassword) -> NewAppPassword:
    """Make an app password."""
    password = await app_passwords.make(ports, asked.home, asked.name, ports.clock.now())
    return NewAppPassword(asked.home, asked.name, password)


async def list_app_passwords(ports: Ports, asked: ListAppPasswords) -> list[AppPasswordView]:
    """Return a host's app passwords, oldest first."""
    return [AppPasswordView.of(one) for one in await app_passwords.listed(ports, asked.home)]


async def revoke_app_password(ports: Ports, asked: RevokeAppPassword) -> list[AppPasswordView]:
    """Take an app password back; return those that are left."""
    await app_passwords.revoke(ports, asked.home, asked.name)
    return await list_app_passwords(ports, ListAppPasswords(asked.home))
