"""What is sent to a gateway: the operator's templates with the message filled in.

`{to}` is the number with its plus, `{digits}` without it, `{text}` the message, `{from}` the sender, `{id}` the same for a
repetition, `{token}` the secret. Every other brace stands for itself, so JSON can be written as it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

PLACEHOLDER = re.compile(r"\{(to|digits|text|from|id|token)\}")

Escape = Callable[[str], str]


def values(to: str, text: str, id_: str, *, sender: str, token: str) -> Mapping[str, str]:
    """Return what stands for each placeholder."""
    return {
        "to": to,
        "digits": to.removeprefix("+"),
        "text": text,
        "from": sender,
        "id": id_,
        "token": token,
    }


def filled(template: str, known: Mapping[str, str], escape: Escape) -> str:
    """Return `template` with its placeholders replaced, each escaped as the place demands."""
    return PLACEHOLDER.sub(lambda match: escape(known[match[1]]), template)


def in_url(value: str) -> str:
    """Return a value as a part of an address."""
    return quote(value, safe="")


def in_body(content_type: str) -> Escape:
    """Return how values are escaped in a body of this type: JSON, form, XML, or as they are."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith("json"):
        return lambda value: json.dumps(value)[1:-1]
    if kind == "application/x-www-form-urlencoded":
        return quote_plus
    return _in_xml if kind.endswith("xml") else as_it_is


def as_it_is(value: str) -> str:
    """Return a value unchanged."""
    return value


def _in_xml(value: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        value = value.replace(character, entity)
    return value
