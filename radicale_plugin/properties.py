"""Knows how collections are made and their properties set: what the server computes is not, and the disk is waited for
before the lock is taken.
"""

import io
from collections.abc import Callable
from typing import Any

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from radicale import httputils, types, xmlutils
from radicale.app import Application as RadicaleApplication

from radicale_plugin.staging import before_the_lock

_PROTECTED = frozenset(
    xmlutils.make_clark(name)
    for name in (
        "D:resourcetype",
        "D:getetag",
        "D:getlastmodified",
        "D:getcontentlength",
        "D:getcontenttype",
        "D:sync-token",
        "D:owner",
        "D:current-user-principal",
        "D:current-user-privilege-set",
        "D:principal-URL",
        "D:supported-report-set",
        "C:calendar-home-set",
        "C:calendar-user-address-set",
        "CR:addressbook-home-set",
        "CS:getctag",
    )
)
"""Properties that the server computes, RFC 4918 §9.2."""


class PropertyRequests(RadicaleApplication):
    """Radicale's PROPPATCH, MKCALENDAR and MKCOL, which hold the lock for renames only."""

    def _refusal(self, precondition: str, reason: str, request_info: dict[str, Any]) -> types.WSGIResponse:
        raise NotImplementedError

    def do_PROPPATCH(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Refuse the whole request when it touches a property that the server computes."""
        try:
            body = httputils.read_raw_request_body(self.configuration, environ)
            request = self._read_xml_request_body(with_body(environ, body), request_info)
        except (RuntimeError, DefusedXmlException):
            return httputils.BAD_REQUEST
        if request is not None and any(
            element.tag in _PROTECTED for element in request.findall("*/{DAV:}prop/*")
        ):
            return self._refusal("D:cannot-modify-protected-property", "", request_info)
        inherited = super().do_PROPPATCH
        return before_the_lock(
            lambda: inherited(with_body(environ, body), base_prefix, path, user, user_groups, request_info)
        )

    def do_MKCALENDAR(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Make a calendar, which is on the disk before anybody is kept waiting for it."""
        return self._make(super().do_MKCALENDAR, environ, base_prefix, path, user, user_groups, request_info)

    def do_MKCOL(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Make a collection, which is on the disk before anybody is kept waiting for it."""
        return self._make(super().do_MKCOL, environ, base_prefix, path, user, user_groups, request_info)

    def _make(
        self, inherited: Callable[..., types.WSGIResponse], environ: types.WSGIEnviron, *particulars: object
    ) -> types.WSGIResponse:
        try:
            body = httputils.read_raw_request_body(self.configuration, environ)
        except RuntimeError:
            return httputils.BAD_REQUEST
        return before_the_lock(lambda: inherited(with_body(environ, body), *particulars))


def with_body(environ: types.WSGIEnviron, body: bytes) -> dict[str, Any]:
    """Return the environment of a request whose body was read, to be read again."""
    return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
