"""Backups: a ledger, homes and a key as they were at one instant, in a folder that proves itself."""

from server.adapters.backups.make import DataBackups
from server.adapters.backups.restore import RestoreRefused, restore

__all__ = ["DataBackups", "RestoreRefused", "restore"]
