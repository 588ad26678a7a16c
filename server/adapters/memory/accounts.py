"""Accounts without hashing: for tests, which need no protection from a stolen database."""

from server.ports import Ledger


class MemoryAccounts:
    """Keeps each password where the hash would be, so that a disabled account cannot sign in here either."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def verify(self, login: str, password: str) -> bool:
        """Tell whether the password is the account's."""
        return await self._ledger.password_hash(login) == password

    async def set_password(self, login: str, password: str) -> None:
        """Create the account or replace its password."""
        await self._ledger.set_password_hash(login, password)
