"""Passwords, hashed with argon2id in threads of their own.

CalDAV clients send the password with every request; a verified one is remembered, by a hash keyed with bytes that never
leave this process, for as long as the account's stored hash is the one it was verified against.
"""

import asyncio
import secrets
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from time import monotonic
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.domain.errors import Unavailable
from server.ports import Ledger

T = TypeVar("T")

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second choice: 19 MiB, 20 ms; its memory times `THREADS` is what guessing can take of the machine."""

THREADS = 2
WAITING_MAX = 64
"""Beyond this many unanswered passwords the answer is Unavailable."""

REMEMBERED_MAX = 1_000
REMEMBERED_S = 900.0


class ArgonAccounts:
    """Verifies and sets passwords of the ledger's accounts; `close` it when nothing asks any more."""

    def __init__(
        self, ledger: Ledger, *, hasher: PasswordHasher = HASHER, monotonic: Callable[[], float] = monotonic
    ) -> None:
        self._ledger = ledger
        self._hasher = hasher
        self._monotonic = monotonic
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._waiting = 0
        self._changing = asyncio.Lock()
        self._key = secrets.token_bytes(32)
        self._verified: OrderedDict[bytes, float] = OrderedDict()
        self._nobodys_hash = _nobodys_hash(hasher)

    async def verify(self, login: str, password: str) -> bool:
        """Tell whether the password is the account's; as slow for unknown accounts as for wrong passwords."""
        hash_ = await self._ledger.password_hash(login)
        if hash_ is None:
            await self._run(lambda: self._matches(self._nobodys_hash, password))
            return False
        name = self._name(login, password, hash_)
        if self._remembers(name):
            return True
        if not await self._run(lambda: self._matches(hash_, password)):
            return False
        self._remember(name)
        if self._hasher.check_needs_rehash(hash_):
            await self._rehash(login, password, hash_)
        return True

    async def set_password(self, login: str, password: str) -> None:
        """Create the account or replace its password; earlier verified results are forgotten."""
        hash_ = await self._run(lambda: self._hasher.hash(_bytes(password)))
        async with self._changing:
            await self._ledger.set_password_hash(login, hash_)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _rehash(self, login: str, password: str, old: str) -> None:
        new = await self._run(lambda: self._hasher.hash(_bytes(password)))
        async with self._changing:
            # A password that was changed meanwhile must not come back.
            if await self._ledger.password_hash(login) == old:
                await self._ledger.set_password_hash(login, new)

    def _matches(self, hash_: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash_, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise Unavailable("Too many people sign in at once. Please try again in a minute.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _name(self, login: str, password: str, hash_: str) -> bytes:
        # The stored hash is part of the name, so that a changed password or a rehash needs no list of what to forget.
        digest = blake2b(key=self._key, digest_size=32)
        for part in (login, password, hash_):
            encoded = _bytes(part)
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.digest()

    def _remembers(self, name: bytes) -> bool:
        until = self._verified.get(name)
        if until is None or until <= self._monotonic():
            return False
        self._verified.move_to_end(name)
        return True

    def _remember(self, name: bytes) -> None:
        self._verified[name] = self._monotonic() + REMEMBERED_S
        self._verified.move_to_end(name)
        while len(self._verified) > REMEMBERED_MAX:
            self._verified.popitem(last=False)


def _nobodys_hash(hasher: PasswordHasher) -> str:
    """Return what costs as much to compare with as any hash and is none: to make a true one would hold up every start."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _bytes(text: str) -> bytes:
    # A header may hold bytes that are no UTF-8; they arrive as surrogates and are a wrong password, not an error.
    return text.encode("utf-8", "surrogatepass")
