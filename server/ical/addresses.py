"""People on calendar lines: calendar user addresses and CN parameters."""

from urllib.parse import quote, unquote

from server.domain.plain import line

Params = dict[str, tuple[str, ...]]


def mailto(address: str) -> str:
    """Return the calendar user address of a mail address, RFC 6068."""
    return "mailto:" + quote(address, safe="@!$'*+-/=^_`{|}~.")


def mail_address(value: str) -> str:
    """Return the mail address of a calendar user address, in small letters; anything else is returned as it is."""
    scheme, colon, address = value.strip().partition(":")
    return unquote(address).lower() if colon and scheme.lower() == "mailto" else value


def common_name(name: str) -> Params:
    """Return the CN parameter, empty without a name; `"` becomes `'`, which no client misreads (RFC 6868 is too new)."""
    shown = line(name).replace('"', "'")
    return {"CN": (shown,)} if shown else {}
