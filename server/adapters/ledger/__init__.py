"""The ledger in SQLite: plain SQL through aiosqlite, one writer, every method one transaction."""

from server.adapters.ledger.ledger import SqliteLedger

__all__ = ["SqliteLedger"]
