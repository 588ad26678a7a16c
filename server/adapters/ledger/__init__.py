"""The Ledger port over SQLite."""
