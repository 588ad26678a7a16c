"""GET /openapi.json: what can be asked of /v1, for programs (OpenAPI 3.1), made of the types that parse and render it (S5.48)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from server.domain.site import Site
from server.web.answers import Answers, respond
from server.web.api_v1.operations import OPERATIONS, Access, Operation, Shape
from server.web.api_v1.shapes import Refusal
from server.web.keys import ports_of

DOCUMENT = web.AppKey("V1_OPENAPI", Answers)
VERSION = "1"
_REF = "#/components/schemas/{name}"
_BLANKS = re.compile(r"\s+")

Schema = dict[str, Any]

REFUSALS: Mapping[int, tuple[str, ...]] = {
    400: ("bad_request",),
    401: ("unauthorized",),
    403: ("forbidden", "not_yours"),
    404: ("not_found",),
    408: ("bad_request",),
    410: ("link_replaced",),
    413: ("too_large",),
    422: ("validation_error", "idempotency_key_reused", "guests_not_allowed"),
    429: ("rate_limited",),
    500: ("internal_error",),
    503: ("unavailable",),
}
"""Which codes a refusal may have, by its status; those of 409 are each operation's own."""


async def get(request: web.Request) -> web.Response:
    """Describe the interface."""
    site = ports_of(request).site
    answer = request.app[DOCUMENT].get("openapi", site, lambda: msgspec.json.encode(described(site)))
    return respond(request, answer, "application/json", "public, max-age=3600")


def described(site: Site, operations: Iterable[Operation] = OPERATIONS) -> Schema:
    """Return the description as plain values."""
    known = tuple(operations)
    schemas = _schemas(known)
    queries = {one.query.__name__ for one in known if one.query is not None}
    paths: dict[str, Schema] = {}
    for one in known:
        paths.setdefault(one.path, {})[one.method.value.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{site.name} API", "version": VERSION},
        "servers": [{"url": site.base_url or "/"}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in queries},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: db_live_… or db_test_…",
                },
                "token": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "token",
                    "description": "The cancel_token of a booking, or the token at the end of its manage link.",
                },
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Schema]:
    shapes: dict[Shape, None] = {Refusal: None}
    for one in operations:
        shapes |= dict.fromkeys(filter(None, (one.query, one.body, one.answer, one.checked)))
    _, found = msgspec.json.schema_components(tuple(shapes), ref_template=_REF)
    for schema in found.values():
        if "description" in schema:
            schema["description"] = _BLANKS.sub(" ", schema["description"])
    return found


def _operation(one: Operation, schemas: Mapping[str, Schema]) -> Schema:
    summary = (one.handler.__doc__ or "").split("\n")[0]
    described: Schema = {
        "operationId": f"{one.method.value.lower()}{re.sub('[^a-z]+', '_', one.path.removeprefix('/v1'))}".rstrip(
            "_"
        ),
        "summary": summary,
        "parameters": _parameters(one, schemas),
        "responses": _responses(one),
    }
    if one.permission is not None:
        described["description"] = f"A key needs {one.permission}."
    if one.access is not Access.PUBLIC:
        described["security"] = [{"key": []}, *([{"token": []}] if one.access is Access.TOKEN else [])]
    if one.body is not None:
        content = {"application/json": {"schema": _ref(one.body)}}
        is_needed = any(field.required for field in msgspec.structs.fields(one.body))
        described["requestBody"] = {"required": is_needed, "content": content}
    return described


def _parameters(one: Operation, schemas: Mapping[str, Schema]) -> list[Schema]:
    found: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    if one.query is not None:
        schema = schemas[one.query.__name__]
        required = schema.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": kind}
            for name, kind in schema["properties"].items()
        ]
    if one.method == "POST":
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same request under the same key is done once within 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    return found


def _responses(one: Operation) -> dict[str, Schema]:
    found: dict[str, Schema] = {str(one.status): _answer(one)}
    if one.checked is not None:
        shape = _ref(one.checked)
        if one.status == 200:
            found["200"]["content"]["application/json"]["schema"] = {"oneOf": [_ref(one.answer), shape]}
        else:
            found["200"] = {
                "description": "It was only validated.",
                "content": {"application/json": {"schema": shape}},
            }
    codes = dict(REFUSALS) | ({409: one.codes} if one.codes else {})
    for status in sorted(codes):
        found[str(status)] = {
            "description": f"Refused: {', '.join(codes[status])}.",
            "content": {"application/json": {"schema": _ref(Refusal)}},
        }
    return found


def _answer(one: Operation) -> Schema:
    if one.answer is None:
        content = {"text/calendar": {"schema": {"type": "string"}}}
        return {"description": "A calendar object.", "content": content}
    doc = _BLANKS.sub(" ", (one.answer.__doc__ or "").split("\n")[0])
    return {"description": doc, "content": {"application/json": {"schema": _ref(one.answer)}}}


def _ref(shape: Shape | None) -> Schema:
    assert shape is not None
    return {"$ref": _REF.format(name=shape.__name__)}
