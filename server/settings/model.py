"""The settings as the rest of the program sees them: typed, checked, immutable.

Names and defaults stand here once; `config/daybook.toml` explains each to operators, and a test holds the two together.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from server.domain.guards import Guards

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Listen:
    """A TCP address to listen on; port 0 lets the system choose one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class MailSecurity(StrEnum):
    """How the connection to the SMTP server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class LogLevel(StrEnum):
    """From which weight on lines are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a log line looks: for people, or one JSON object each for machines."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The way out for mail; without `host` none leaves."""

    host: str = ""
    port: int = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    timeout_s: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSettings:
    """The way in for mail that came back; without `maildir` there is none."""

    maildir: Path | None = None
    address: str = ""


class SmsMethod(StrEnum):
    """How the gateway for text messages is asked."""

    POST = "post"
    PUT = "put"
    GET = "get"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """The way out for text messages; without `url` none leaves. Address, headers and body are templates."""

    url: str = field(default="", repr=False)
    method: SmsMethod = SmsMethod.POST
    headers: tuple[str, ...] = field(default=(), repr=False)
    body: str = field(default="", repr=False)
    sender: str = ""
    token: str = field(default="", repr=False)
    timeout_s: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds that protect the server from its visitors; those per time are off at 0."""

    pages_per_minute: int = 300
    changes_per_hour: int = 30
    sign_ins_per_minute: int = 10
    mails_per_recipient_per_day: int = 20
    api_requests_per_minute: int = 600
    dav_body_bytes: int = 10_000_000
    dav_threads: int = 8
    dav_requests_per_account: int = 4
    dav_object_bytes: int = 8_000_000
    dav_attendees: int = 5_000
    dav_occurrences: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseSettings:
    """What keeps strangers from flooding hosts with bookings; a limit of 0 is off."""

    blocked_addresses: tuple[str, ...] = ()
    open_bookings_per_address: int = 0
    address_hold_minutes: int = 15
    proof_of_work_bits: int = 0

    @property
    def guards(self) -> Guards:
        """Return what of it the use cases hold to."""
        return Guards(
            blocked=self.blocked_addresses,
            open_per_address=self.open_bookings_per_address,
            hold_min=self.address_hold_minutes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Requests to addresses that hosts named; `private_networks` may be reached beside the internet."""

    private_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is logged, and how."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set; `base_url` has no slash at its end."""

    data: Path = Path("data")
    listen: Listen = Listen("127.0.0.1", 8000)
    base_url: str | None = None
    site_name: str = "Daybook"
    language: str = "en"
    trusted_proxies: tuple[Network, ...] = ()
    freebusy_public: bool = True
    secret_key: bytes | None = field(default=None, repr=False)
    mail: MailSettings = MailSettings()
    inbound: InboundSettings = InboundSettings()
    sms: SmsSettings = SmsSettings()
    webhooks: WebhookSettings = WebhookSettings()
    abuse: AbuseSettings = AbuseSettings()
    limits: Limits = Limits()
    log: LogSettings = LogSettings()
