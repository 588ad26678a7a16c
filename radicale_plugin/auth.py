"""Knows who asks: whom the web front end has verified before it called, and nobody else."""

import secrets
from collections.abc import Mapping

from radicale import auth as radicale_auth
from radicale import config

USER = "daybook.user"
"""The key of the WSGI environment; as it does not begin with HTTP_, no header can set it."""


class Auth(radicale_auth.BaseAuth):
    """Trusts `environ["daybook.user"]`; every password that reaches Radicale itself is refused."""

    def __init__(self, configuration: config.Configuration) -> None:
        super().__init__(configuration)
        # Radicale sends external logins through the same door as passwords; this tells them apart.
        self._proof = secrets.token_urlsafe(32)

    def get_external_login(self, environ: Mapping[str, object]) -> tuple[()] | tuple[str, str]:
        """Return the verified user; nothing when there is none, so that Radicale asks for one."""
        user = environ.get(USER)
        return (user, self._proof) if isinstance(user, str) and user else ()

    def _login_ext_with_groups(
        self, login: str, password: str, context: radicale_auth.AuthContext
    ) -> tuple[str, set[str]]:
        is_verified = secrets.compare_digest(password.encode(), self._proof.encode())
        return (login if is_verified else "", set())
