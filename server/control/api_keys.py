"""Commands about the keys of programs for the API."""

from collections.abc import Sequence

import msgspec

from server.control.command import Command
from server.control.views import instant
from server.domain.api_keys import permission, prefix
from server.domain.errors import Invalid
from server.domain.permissions import Permission
from server.ports import ApiKey, Ports
from server.usecases.api_key import keep


class MakeApiKey(Command, tag="api_key.create", kw_only=True):
    """Make a key of a host or, without a home, of the site; without `permissions` it has all of them."""

    home: str | None = None
    permissions: tuple[str, ...] = ()
    is_test: bool = False


class ListApiKeys(Command, tag="api_key.list", kw_only=True):
    """List the keys of a host or, without a home, all keys."""

    home: str | None = None


class RevokeApiKey(Command, tag="api_key.revoke"):
    """Take a key back, by its id or by how it begins."""

    key: str


class ApiKeyView(msgspec.Struct, kw_only=True):
    """A key as operators see it; without a home it is the site's, `used` is within a few minutes."""

    id: str
    prefix: str
    home: str | None
    permissions: list[str]
    is_test: bool
    made: str
    used: str | None

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyView":
        """Return the view of a key."""
        return cls(
            id=key.id,
            prefix=prefix(key.id, is_test=key.is_test),
            home=key.home,
            permissions=sorted(key.permissions),
            is_test=key.is_test,
            made=instant(key.made_at),
            used=None if key.used_at is None else instant(key.used_at),
        )


class NewApiKey(msgspec.Struct):
    """A key in clear, told this once."""

    key: str
    view: ApiKeyView


async def make_api_key(ports: Ports, asked: MakeApiKey) -> NewApiKey:
    """Make a key."""
    permissions = _permissions(asked.permissions) if asked.permissions else frozenset(Permission)
    made = await keep.make(ports, asked.home, permissions, ports.clock.now(), is_test=asked.is_test)
    return NewApiKey(made.text, ApiKeyView.of(made.kept))


async def list_api_keys(ports: Ports, asked: ListApiKeys) -> list[ApiKeyView]:
    """Return keys, oldest first."""
    found = await (ports.ledger.api_keys() if asked.home is None else keep.listed(ports, asked.home))
    return [ApiKeyView.of(one) for one in found]


async def revoke_api_key(ports: Ports, asked: RevokeApiKey) -> ApiKeyView:
    """Take a key back and return what it was."""
    return ApiKeyView.of(await keep.revoke(ports, asked.key))


def _permissions(texts: Sequence[str]) -> frozenset[Permission]:
    try:
        return frozenset(map(permission, texts))
    except ValueError as error:
        raise Invalid("This API key cannot be made.", {"permissions": str(error)}) from error
