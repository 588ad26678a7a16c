"""How the web front end behaves, as the operator set it."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """The operator's choices; a limit of 0 switches it off."""

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    pages_per_minute: int = 300
    changes_per_hour: int = 30
    mails_per_recipient_per_day: int = 20
    api_requests_per_minute: int = 600
    form_seconds_min: int = 2
    proof_of_work_bits: int = 0
