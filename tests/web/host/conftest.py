"""The host's pages over ports in memory."""

from tests.web.guest.conftest import book, client, clock, guest, options, ports

__all__ = ["book", "client", "clock", "guest", "options", "ports"]
