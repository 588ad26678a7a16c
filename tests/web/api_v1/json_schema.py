"""JSON Schema as far as our description uses it: what is wrong with a value, and values that are right or nearly so."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from random import Random
from typing import Any

Schema = Mapping[str, Any]

KNOWN = {
    "$ref",
    "additionalProperties",
    "anyOf",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maximum",
    "maxLength",
    "minimum",
    "minLength",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
}
TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
INSTANTS = ("2026-03-02T09:00:00Z", "2026-03-02T14:30:00+05:30", "2026-03-03T10:00:00Z")
TEXTS = (
    "",
    "a",
    "2026-03-02",
    "alice/intro",
    "gus@example.net",
    "Europe/Berlin",
    "x" * 600,
    "\x00",
    "ü\u2028",
    "-1",
)
SCALARS: Mapping[str, tuple[object, ...]] = {
    "string": ("09:00", "24:00", "host", "attendee", "2026-03-09", *TEXTS),
    "integer": (0, 1, 6, 30, 45, 1440, -5, 2**31, 10**18),
    "number": (0.5, 1e300),
    "boolean": (True, False),
    "null": (None,),
}


def faults(value: object, schema: Schema, schemas: Mapping[str, Schema], at: str = "$") -> Iterator[str]:
    """Give everything that is wrong with a value, by where it stands."""
    assert schema.keys() <= KNOWN, f"the check does not know {schema.keys() - KNOWN}"
    if "$ref" in schema:
        yield from faults(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
    elif "anyOf" in schema or "oneOf" in schema:
        choices = schema.get("anyOf") or schema["oneOf"]
        if all(any(True for _ in faults(value, one, schemas, at)) for one in choices):
            yield f"{at}: fits none"
    elif "type" in schema and not TYPES[schema["type"]](value):
        yield f"{at}: {value!r} is no {schema['type']}"
    else:
        yield from _scalar_faults(value, schema, at)
        yield from _part_faults(value, schema, schemas, at)


def _part_faults(value: object, schema: Schema, schemas: Mapping[str, Schema], at: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), schemas, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _object_faults(value, schema, schemas, at)


def _scalar_faults(value: object, schema: Schema, at: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str):
        if "pattern" in schema and re.search(schema["pattern"], value) is None:
            yield f"{at}: {value!r} does not fit {schema['pattern']}"
        if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
            yield f"{at}: {value!r} has no offset"
        if schema.get("format") == "date":
            date.fromisoformat(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"


def _object_faults(
    value: Mapping[str, object], schema: Schema, schemas: Mapping[str, Schema], at: str
) -> Iterator[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", False)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: lacks {name}"
    for name, item in value.items():
        if name in known:
            yield from faults(item, known[name], schemas, f"{at}.{name}")
        elif more is False:
            yield f"{at}: has {name} that is not described"
        elif isinstance(more, Mapping):
            yield from faults(item, more, schemas, f"{at}.{name}")


def some(schema: Schema, schemas: Mapping[str, Schema], dice: Random) -> Any:
    """Return some value that the schema describes; now and then one that it does not."""
    if dice.random() < 0.03:
        return dice.choice((None, True, -1, 10**30, 1.5, [], {}, "x"))
    if "$ref" in schema:
        return some(schemas[schema["$ref"].rpartition("/")[2]], schemas, dice)
    if "anyOf" in schema:
        return some(dice.choice(schema["anyOf"]), schemas, dice)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if schema.get("type") == "array":
        return [some(schema.get("items", {}), schemas, dice) for _ in range(dice.randrange(3))]
    if schema.get("type") == "object":
        return _some_object(schema, schemas, dice)
    is_instant = schema.get("format") == "date-time"
    return dice.choice(INSTANTS if is_instant else SCALARS[schema["type"]])


def _some_object(schema: Schema, schemas: Mapping[str, Schema], dice: Random) -> dict[str, Any]:
    required = schema.get("required", ())
    found = {
        name: some(kind, schemas, dice)
        for name, kind in schema.get("properties", {}).items()
        if dice.random() < (0.97 if name in required else 0.3)
    }
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        found |= {dice.choice(TEXTS): some(more, schemas, dice) for _ in range(dice.randrange(3))}
    return found
