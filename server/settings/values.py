"""How the value of a setting is read: from TOML, or from the text of an environment variable or an option.

Each reader returns the typed value, or raises ValueError with what the setting must be, for instance "must be a whole
number from 1 to 65535". Whose value it is and where it came from is added by `load`.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from server.domain import guards
from server.domain.attendees import is_address
from server.settings.model import Listen, Network

E = TypeVar("E", bound=StrEnum)

KEY_BYTES_MIN = 32
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\x20-\x7e]+")
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def text(value: object) -> str:
    """Return a line of text without blanks around it."""
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")  # noqa: TRY004 - a setting of the wrong type is a wrong value
    if not value.isprintable():
        raise ValueError("must be one line without control characters")
    return value.strip()


def required_text(value: object) -> str:
    """Return a line of text that is not empty."""
    found = text(value)
    if not found:
        raise ValueError("must not be empty")
    return found


def path(value: object) -> Path:
    """Return a path, `~` resolved."""
    return Path(required_text(value)).expanduser()


def optional_path(value: object) -> Path | None:
    """Return a path, or None for empty text."""
    return path(value) if text(value) else None


def whole(least: int, most: int) -> Callable[[object], int]:
    """Return a reader of whole numbers within bounds."""
    cure = f"must be a whole number from {least} to {most}"

    def read(value: object) -> int:
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(cure)
        return value

    return read


def flag(value: object) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    found = _WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be true or false")
    return found


def one_of(words: type[E]) -> Callable[[object], E]:
    """Return a reader of the words of an enumeration."""

    def read(value: object) -> E:
        try:
            return words(text(value).lower())
        except ValueError:
            raise ValueError(f"must be one of: {', '.join(words)}") from None

    return read


def listen(value: object) -> Listen:
    """Return the address to listen on."""
    host, colon, port = text(value).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not colon or not port.isdecimal() or int(port) > 65_535:
        raise ValueError("must be HOST:PORT, for instance 127.0.0.1:8000 or [::1]:8000")
    return Listen(host, int(port))


def base_url(value: object) -> str | None:
    """Return the public address without a slash at its end, or None for empty text."""
    cure = "must be the https or http address people reach, without a path, for instance https://book.example.org"
    found = text(value).rstrip("/")
    if not found:
        return None
    try:
        parts = urlsplit(found)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(cure) from None
    if not sound or parts.username is not None or parts.path or parts.query or parts.fragment:
        raise ValueError(cure)
    return found


def template(value: object) -> str:
    """Return a text of any number of lines."""
    if not isinstance(value, str) or not all(c.isprintable() or c in "\r\n\t" for c in value):
        raise ValueError("must be text in quotes, without control characters")
    return value


def template_url(value: object) -> str:
    """Return a web address that may hold placeholders in braces, or empty text."""
    cure = "must be an http or https address; placeholders such as {to} may stand in its path and query"
    found = text(value)
    try:
        parts = urlsplit(found)
        sound = parts.scheme in {"http", "https"} and parts.hostname and "{" not in parts.netloc
        _ = parts.port
    except ValueError:
        raise ValueError(cure) from None
    if found and (not sound or " " in found):
        raise ValueError(cure)
    return found


def header_lines(value: object) -> tuple[str, ...]:
    """Return HTTP header lines from a list, or from text with one on each line."""
    items = value.split("\n") if isinstance(value, str) else value
    cure = 'must be a list of headers, for instance ["Content-Type: application/json"]'
    if not isinstance(items, list):
        raise ValueError(cure)  # noqa: TRY004 - a setting of the wrong type is a wrong value
    found = tuple(filter(None, (text(item) for item in items)))
    if not all(_HEADER.fullmatch(item) for item in found):
        raise ValueError(cure)
    return found


def networks(value: object) -> tuple[Network, ...]:
    """Return networks from a list, or from text with commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError('must be a list of networks, for instance ["127.0.0.1/32", "fd00::/8"]')  # noqa: TRY004
    found: list[Network] = []
    for item in filter(None, (text(item) for item in items)):
        try:
            found.append(ip_network(item))
        except ValueError:
            raise ValueError(
                f"must hold networks such as 127.0.0.1/32 or 10.0.0.0/8; “{item}” is none"
            ) from None
    return tuple(found)


def patterns(value: object) -> tuple[str, ...]:
    """Return patterns of mail addresses from a list, or from text with commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError('must be a list of addresses, for instance ["@example.org"]')  # noqa: TRY004
    found = tuple(filter(None, (text(item) for item in items)))
    wrong = guards.fault(found)
    if wrong is not None:
        raise ValueError(wrong)
    return found


def proxies(value: object) -> tuple[Network, ...]:
    """Return the networks of trusted proxies; never all addresses, since then whatever visitors say of themselves is believed."""
    found = networks(value)
    if any(network.prefixlen == 0 for network in found):
        raise ValueError("must name the proxies' own networks: with all addresses, visitors choose theirs")
    return found


def mail_address(value: object) -> str:
    """Return a plain mail address, or empty text."""
    found = text(value)
    if found and not is_address(found):
        raise ValueError("must be a plain mail address, for instance daybook@example.org")
    return found


def language(value: object) -> str:
    """Return a language tag."""
    found = text(value)
    if not _LANGUAGE.fullmatch(found):
        raise ValueError("must be a language tag, for instance en or de")
    return found


def key(value: object) -> bytes | None:
    """Return the bytes of a secret, or None for empty text."""
    found = text(value).encode()
    if found and len(found) < KEY_BYTES_MIN:
        raise ValueError(f"must be at least {KEY_BYTES_MIN} characters; `openssl rand -hex 32` makes one")
    return found or None
