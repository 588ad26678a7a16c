"""Give a host a new password."""

from collections.abc import Mapping

from server.domain.errors import Invalid
from server.domain.host import Host
from server.ports import Ports
from server.usecases.host.find import find

PASSWORD_MIN = 8
PASSWORD_MAX = 256


async def renew(ports: Ports, home: str, password: str | None = None) -> tuple[Host, str]:
    """Replace the password of a host by a given or a generated one, and return it; raises NotFound or Invalid."""
    host = find(ports, home)
    found = {} if password is None else refuse_weak(password)
    if found:
        raise Invalid("This password cannot be used.", found)
    secret = password or ports.ids.secret()
    await ports.accounts.set_password(host.home, secret)
    return host, secret


def refuse_weak(password: str) -> Mapping[str, str]:
    """Return what is wrong with a password that a person chose; empty when it may be used."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return {"password": f"must have {PASSWORD_MIN} to {PASSWORD_MAX} characters, not {len(password)}"}
    return {}
