"""Find a host by the name of their home, for those who run the installation."""

from server.domain.errors import NotFound
from server.domain.host import Host
from server.ports import Ports


def find(ports: Ports, home: str) -> Host:
    """Return the host of `home`, disabled or not; raises NotFound."""
    host = ports.homes.host(home)
    if host is None:
        raise nobody(home)
    return host


def nobody(home: str) -> NotFound:
    """Return how a host is answered for who is not there, or not for the asker's eyes."""
    return NotFound(f"There is no host {home}.")
