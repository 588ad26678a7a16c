"""Who may open a host's calendars: whoever knows the account's password, where it is allowed, or an app password."""

from datetime import datetime

from server.domain.app_passwords import digest, secret_in
from server.domain.identity import Home
from server.ports import AppPassword, Ports

USED_EVERY_S = 300
"""How far apart uses of an app password are written down: clients sign in with every request."""

NOBODY = ""


async def opens_calendars(ports: Ports, login: str, password: str, now: datetime) -> bool:
    """Tell whether `password` opens the calendars of `login`; as slow for unknown accounts as for wrong passwords.

    What was revoked, disabled or switched off opens nothing from that moment on: nothing is remembered here.
    """
    host = ports.homes.host(login)
    # A team's name may have been a host's once, whose password is still there.
    if ports.homes.team(login) is not None or (host is not None and host.disabled):
        return await ports.accounts.verify(NOBODY, password)
    secret = secret_in(password)
    if secret is not None:
        found = await ports.ledger.app_password(digest(ports.secret_key, Home(login), secret))
        if found is not None:
            _note_use(ports, found, int(now.timestamp()))
            return True
    allowed = host is None or host.dav_password
    return await ports.accounts.verify(login if allowed else NOBODY, password)


def _note_use(ports: Ports, used: AppPassword, now: int) -> None:
    """Write the use down after the answer: who signs in does not wait for the disk."""
    if used.used_at is None or now - used.used_at >= USED_EVERY_S:
        ports.tasks.start(f"app password {used.id}", lambda: ports.ledger.use_app_password(used.id, now))
