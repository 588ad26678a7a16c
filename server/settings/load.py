"""From a file, the environment and the command line to `Settings`; every fault is found before any is told.

Later sources win: the defaults, the file, `DAYBOOK_…` variables, options. The variable of a setting is its name in
capitals, the table in front: `mail.port` is `DAYBOOK_MAIL_PORT`.
"""

from collections.abc import Mapping
from pathlib import Path

from server.settings import values
from server.settings.model import (
    AbuseSettings,
    InboundSettings,
    Limits,
    LogFormat,
    LogLevel,
    LogSettings,
    MailSecurity,
    MailSettings,
    Settings,
    SmsMethod,
    SmsSettings,
    WebhookSettings,
)
from server.settings.sources import Reader, SettingsError, read_sources

DEFAULTS = Settings()
BOUNCE_LOCAL_MAX = 24
"""So that a plus, the number of a mail and its proof fit into the 64 octets there are before the @ (RFC 5321 §4.5.3.1.1)."""
CONFIG_VARIABLE = "DAYBOOK_CONFIG"
CONFIG_DEFAULT = Path("/etc/daybook/daybook.toml")


def load(
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings; raises `SettingsError` with every fault.

    Without `config` the file is the one that `DAYBOOK_CONFIG` names, else /etc/daybook/daybook.toml if there is one.
    `options` maps names of settings to texts from the command line.
    """
    variables = dict(environ or {})
    named = variables.pop(CONFIG_VARIABLE, "")
    file = config or (Path(named) if named else CONFIG_DEFAULT if CONFIG_DEFAULT.exists() else None)
    read = Reader(read_sources(file, variables, options or {}))
    settings = _settings(read)
    read.refuse_unknown()
    if read.faults:
        raise SettingsError(tuple(read.faults))
    return settings


def names() -> frozenset[str]:
    """Return the names of all settings, as a file spells them."""
    read = Reader(read_sources(None, {}, {}))
    _settings(read)
    return frozenset(read.known)


def _settings(read: Reader) -> Settings:
    return Settings(
        data=read("data", values.path, DEFAULTS.data),
        listen=read("listen", values.listen, DEFAULTS.listen),
        base_url=read("base_url", values.base_url, DEFAULTS.base_url),
        site_name=read("site_name", values.required_text, DEFAULTS.site_name),
        language=read("language", values.language, DEFAULTS.language),
        trusted_proxies=read("trusted_proxies", values.proxies, DEFAULTS.trusted_proxies),
        freebusy_public=read("freebusy_public", values.flag, DEFAULTS.freebusy_public),
        secret_key=read.secret("secret_key", values.key, DEFAULTS.secret_key),
        mail=_mail(read),
        inbound=_inbound(read),
        sms=_sms(read),
        webhooks=_webhooks(read),
        abuse=_abuse(read),
        limits=_limits(read),
        log=_log(read),
    )


def _mail(read: Reader) -> MailSettings:
    default = DEFAULTS.mail
    mail = MailSettings(
        host=read("mail.host", values.text, default.host),
        port=read("mail.port", values.whole(1, 65_535), default.port),
        security=read("mail.security", values.one_of(MailSecurity), default.security),
        user=read("mail.user", values.text, default.user),
        password=read.secret("mail.password", values.text, default.password),
        sender=read("mail.sender", values.mail_address, default.sender),
        timeout_s=read("mail.timeout_s", values.whole(1, 600), default.timeout_s),
    )
    if mail.host and not mail.sender:
        read.fault("mail.sender", "must be set with mail.host: the address that mails come from")
    if mail.user and not mail.password:
        read.fault(
            "mail.password", "must be set with mail.user, here or in the file mail.password_file names"
        )
    return mail


def _inbound(read: Reader) -> InboundSettings:
    default = DEFAULTS.inbound
    inbound = InboundSettings(
        maildir=read("inbound.maildir", values.optional_path, default.maildir),
        address=read("inbound.address", values.mail_address, default.address),
    )
    if inbound.maildir is not None and not inbound.address:
        read.fault("inbound.address", "must be set with inbound.maildir: the address that mails come back to")
    if len(inbound.address.partition("@")[0]) > BOUNCE_LOCAL_MAX:
        read.fault("inbound.address", f"must have at most {BOUNCE_LOCAL_MAX} characters before the @")
    return inbound


def _sms(read: Reader) -> SmsSettings:
    default = DEFAULTS.sms
    sms = SmsSettings(
        url=read("sms.url", values.template_url, default.url),
        method=read("sms.method", values.one_of(SmsMethod), default.method),
        headers=read("sms.headers", values.header_lines, default.headers),
        body=read("sms.body", values.template, default.body),
        sender=read("sms.sender", values.text, default.sender),
        token=read.secret("sms.token", values.text, default.token),
        timeout_s=read("sms.timeout_s", values.whole(1, 600), default.timeout_s),
    )
    said = sms.url + sms.body
    if sms.url and ("{text}" not in said or not ("{to}" in said or "{digits}" in said)):
        read.fault("sms.body", "must hold {to} and {text}, unless sms.url does")
    if "{token}" in said + "".join(sms.headers) and not sms.token:
        read.fault("sms.token", "must be set where {token} is used, here or in the file sms.token_file names")
    return sms


def _webhooks(read: Reader) -> WebhookSettings:
    default = DEFAULTS.webhooks
    return WebhookSettings(
        private_networks=read("webhooks.private_networks", values.networks, default.private_networks)
    )


def _abuse(read: Reader) -> AbuseSettings:
    default = DEFAULTS.abuse
    return AbuseSettings(
        blocked_addresses=read("abuse.blocked_addresses", values.patterns, default.blocked_addresses),
        open_bookings_per_address=read(
            "abuse.open_bookings_per_address", values.whole(0, 1_000), default.open_bookings_per_address
        ),
        address_hold_minutes=read(
            "abuse.address_hold_minutes", values.whole(5, 1_440), default.address_hold_minutes
        ),
        proof_of_work_bits=read("abuse.proof_of_work_bits", values.whole(0, 24), default.proof_of_work_bits),
    )


def _limits(read: Reader) -> Limits:
    default = DEFAULTS.limits
    return Limits(
        pages_per_minute=read("limits.pages_per_minute", values.whole(0, 100_000), default.pages_per_minute),
        changes_per_hour=read("limits.changes_per_hour", values.whole(0, 100_000), default.changes_per_hour),
        sign_ins_per_minute=read(
            "limits.sign_ins_per_minute", values.whole(0, 10_000), default.sign_ins_per_minute
        ),
        mails_per_recipient_per_day=read(
            "limits.mails_per_recipient_per_day", values.whole(0, 10_000), default.mails_per_recipient_per_day
        ),
        api_requests_per_minute=read(
            "limits.api_requests_per_minute", values.whole(0, 1_000_000), default.api_requests_per_minute
        ),
        dav_body_bytes=read(
            "limits.dav_body_bytes", values.whole(10_000, 1_000_000_000), default.dav_body_bytes
        ),
        dav_threads=read("limits.dav_threads", values.whole(1, 128), default.dav_threads),
        dav_requests_per_account=read(
            "limits.dav_requests_per_account", values.whole(1, 128), default.dav_requests_per_account
        ),
        dav_object_bytes=read(
            "limits.dav_object_bytes", values.whole(10_000, 1_000_000_000), default.dav_object_bytes
        ),
        dav_attendees=read("limits.dav_attendees", values.whole(1, 100_000), default.dav_attendees),
        dav_occurrences=read(
            "limits.dav_occurrences", values.whole(1_000, 10_000_000), default.dav_occurrences
        ),
    )


def _log(read: Reader) -> LogSettings:
    return LogSettings(
        level=read("log.level", values.one_of(LogLevel), DEFAULTS.log.level),
        format=read("log.format", values.one_of(LogFormat), DEFAULTS.log.format),
    )
