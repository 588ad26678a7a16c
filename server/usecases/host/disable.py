"""Switch a host off: their pages and their sign-in are closed, their calendars stay."""

from dataclasses import replace

from server.domain.host import Host
from server.ports import Ports
from server.usecases.host.change import change


async def disable(ports: Ports, home: str, *, disabled: bool = True) -> Host:
    """Switch a host off, or on again; raises NotFound or ChangedMeanwhile."""
    host = await change(ports, home, lambda found: replace(found, disabled=disabled))
    await ports.ledger.disable_account(host.home, disabled)
    return host
