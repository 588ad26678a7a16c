"""Profiles and event types as files in the homes, with a catalogue of all of them in memory."""

from server.adapters.homes.homes import FileHomes

__all__ = ["FileHomes"]
