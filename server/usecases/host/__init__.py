"""Accounts and profiles of hosts."""
