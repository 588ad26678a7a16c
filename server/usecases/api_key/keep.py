"""Make, list and revoke API keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.api_keys import PER_OWNER_MAX, Presented, digest, written
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.identity import Home
from server.domain.permissions import Permission
from server.ports import ApiKey, Ports
from server.usecases.host.find import find


@dataclass(frozen=True, slots=True)
class Made:
    """A key that was just made; `text` is the key itself, told this once."""

    kept: ApiKey
    text: str


async def make(
    ports: Ports, home: str | None, permissions: Collection[Permission], now: datetime, *, is_test: bool
) -> Made:
    """Make a key of a host, or of the site (C43), that may be used from now on.

    Raises NotFound, Invalid without a permission, or Conflict when there are too many.
    """
    owner: Home | None = None if home is None else find(ports, home).home
    if not permissions:
        raise Invalid("This API key cannot be made.", {"permissions": "must be one at least"})
    if len(await listed(ports, owner)) >= PER_OWNER_MAX:
        whose = "The site" if owner is None else owner
        raise Conflict(f"{whose} has {PER_OWNER_MAX} API keys, which is all there can be.")
    shown = Presented(ports.ids.api_key(), ports.ids.app_password(), is_test)
    kept = ApiKey(
        id=shown.id,
        home=owner,
        digest=digest(ports.secret_key, shown),
        permissions=frozenset(permissions),
        is_test=is_test,
        made_at=int(now.timestamp()),
    )
    await ports.ledger.add_api_key(kept)
    return Made(kept, written(shown))


async def listed(ports: Ports, home: str | None) -> Sequence[ApiKey]:
    """Return the keys of a host, or of the site, oldest first."""
    return [one for one in await ports.ledger.api_keys() if one.home == home]


async def revoke(ports: Ports, named: str) -> ApiKey:
    """Take back the key that an id or how the key begins names: it opens nothing any more. Raises NotFound."""
    id_ = f"key_{named.rpartition('_')[2]}"
    for one in await ports.ledger.api_keys():
        if one.id == id_ and await ports.ledger.revoke_api_key(one.id):
            return one
    raise NotFound(f"There is no API key “{named}”.")
