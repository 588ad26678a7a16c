"""Knows how Radicale is asked: what it may not see is stopped before it, what it says too little of is added after it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from errno import EACCES, ENOSPC, EPERM
from http import client
from threading import Semaphore
from time import time
from typing import Any
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from radicale import config, httputils, types, xmlutils
from radicale.app.base import Access

from radicale_plugin import principals, uploads
from radicale_plugin.asked import Refusal
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.files import stage
from radicale_plugin.free_busy import free_busy
from radicale_plugin.limits import Limits
from radicale_plugin.listing import D
from radicale_plugin.nesting import TooDeep, examine_depth
from radicale_plugin.objects import Refused
from radicale_plugin.properties import PropertyRequests, with_body
from radicale_plugin.puts import Conditions, Gone, UidTaken, Unmet, put
from radicale_plugin.reports import Answer, Reports
from radicale_plugin.storage import Storage
from radicale_plugin.texts import Upload, etag_of, examine

LONG_OBJECTS = 500
"""From how many objects on a collection may have answers that take long to write."""

_FREE_BUSY = xmlutils.make_clark("C:free-busy-query")


class Application(PropertyRequests):
    """Radicale with its guards in front: `addresses_of` tells the mail addresses of a home's host."""

    _storage: Storage

    def __init__(
        self,
        configuration: config.Configuration,
        addresses_of: Callable[[str], Iterable[str]],
        limits: Limits,
    ) -> None:
        super().__init__(configuration)
        self._addresses_of = addresses_of
        self._limits = limits
        self._turns = Semaphore(1)
        self._reports = Reports(self._storage, limits.occurrences)

    @property
    def storage(self) -> Storage:
        """Return the storage behind the application, for those who read and write it in process."""
        return self._storage

    def do_PUT(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Store what the client sent to the byte and say so with an ETag; mend or refuse what would harm others."""
        access = Access(self._rights, user, user_groups, path)
        if not access.check("w"):
            return httputils.NOT_ALLOWED
        try:
            body = httputils.read_raw_request_body(self.configuration, environ)
            text = httputils.decode_request(self.configuration, environ, body)
            upload = examine(body, text, self._limits)
        except Refused as refused:
            return self._refusal(refused.precondition, str(refused), request_info)
        except (RuntimeError, UnicodeDecodeError, LookupError):
            return httputils.BAD_REQUEST
        with self._prepared(path, upload.text.encode()) as prepared:
            calendar = prepared.calendar
            if calendar is not None and calendar.tag == "VCALENDAR":
                status, headers, answer, xml_request = self._put_object(
                    environ, access, calendar, upload, base_prefix, request_info
                )
            else:
                kind = environ.get("CONTENT_TYPE", "").split(";")[0]
                environ = {
                    **with_body(environ, prepared.data),
                    "CONTENT_TYPE": f"{kind}; charset=utf-8",
                }
                status, headers, answer, xml_request = super().do_PUT(
                    environ, base_prefix, path, user, user_groups, request_info
                )
        if not upload.is_kept:
            headers = {name: value for name, value in dict(headers).items() if name != "ETag"}
        return status, headers, answer, xml_request

    def do_PROPFIND(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Answer from one state of the storage: Radicale renders after it has let go of the lock."""
        with self._turn(path, environ.get("HTTP_DEPTH", "0")), self._storage.reading(path):
            return super().do_PROPFIND(environ, base_prefix, path, user, user_groups, request_info)

    def do_GET(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Answer from one state of the storage: a whole calendar is read without anybody waiting."""
        if self._storage.index.get(path.strip("/")) is None:
            return super().do_GET(environ, base_prefix, path, user, user_groups, request_info)
        with self._turn(path, "1"), self._storage.reading(path):
            return super().do_GET(environ, base_prefix, path, user, user_groups, request_info)

    def do_MOVE(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Move an object; what a calendar does not take from a PUT it does not take from a MOVE either."""
        try:
            return super().do_MOVE(environ, base_prefix, path, user, user_groups, request_info)
        except Refused as refused:
            return self._refusal(refused.precondition, str(refused), request_info)

    def do_REPORT(  # noqa: N802
        self,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Answer from the index; Radicale answers what is asked of homes, and of cards by their content."""
        access = Access(self._rights, user, user_groups, path)
        if not access.check("r") and not access.allows_freebusy():
            return httputils.NOT_ALLOWED
        try:
            body = httputils.read_raw_request_body(self.configuration, environ)
            request = self._read_xml_request_body(with_body(environ, body), request_info)
        except RuntimeError:
            return httputils.BAD_REQUEST
        if request is not None and request.tag in (principals.SEARCH, principals.SEARCHABLE):
            return self._principals(request, environ, base_prefix, user, user_groups, request_info)
        calendar, href = self._storage.index.at(path)
        if calendar is not None and request is not None:
            answer = self._report(calendar, href, request, access, base_prefix, request_info)
            if answer is not None:
                return answer
        with self._turn(path, "1"), self._storage.reading(path):
            return super().do_REPORT(
                with_body(environ, body), base_prefix, path, user, user_groups, request_info
            )

    def _report(
        self,
        calendar: CalendarIndex,
        href: str | None,
        request: Element,
        access: Access,
        base_prefix: str,
        request_info: dict[str, Any],
    ) -> types.WSGIResponse | None:
        """Answer a report of a collection, or of an object in it, from the index; None for one not answered from there."""
        rights = access.permissions if href is None else access.parent_permissions
        try:
            if request.tag == _FREE_BUSY and calendar.tag == "VCALENDAR" and href is None:
                return _answered(self._reports.free_busy(calendar, request, time()))
            if self._reports.knows(calendar, request, href) and "r" in rights:
                with self._turn(calendar.path, "0" if href else "1"):
                    return _answered(self._reports.answer(calendar, request, base_prefix, href))
        except Refusal as refused:
            if not refused.precondition:
                return httputils.BAD_REQUEST
            return self._refusal(refused.precondition, str(refused), request_info)
        return None

    def _principals(
        self,
        request: Element,
        environ: types.WSGIEnviron,
        base_prefix: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Answer a search for principals: the only one who can be found is who asks."""
        if request.tag == principals.SEARCHABLE:
            return self._told(client.OK, principals.searchable(), request_info)

        def shown(names: tuple[str, ...]) -> types.WSGIResponse:
            body = tostring(principals.propfind(names))
            asked = {**with_body(environ, body), "HTTP_DEPTH": "0"}
            return self.do_PROPFIND(asked, base_prefix, f"/{user}/", user, user_groups, request_info)

        search = principals.read_search(request)
        status, _, looked_into, _ = shown(search.names)
        if status == client.MULTI_STATUS and search.finds(fromstring(looked_into)):
            return shown(search.asked)
        return self._told(client.MULTI_STATUS, Element(f"{D}multistatus"), request_info)

    def _freebusy_view(
        self,
        environ: types.WSGIEnviron,
        path: str,
        user: str,
        access: Access,
        share: dict[str, Any] | None,
    ) -> types.WSGIResponse:
        """Answer `?view=freebusy` of a calendar from the index."""
        calendar = self._storage.index.get(path.strip("/"))
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if calendar is None or calendar.tag != "VCALENDAR" or query.get("view") != ["freebusy"]:
            return super()._freebusy_view(environ, path, user, access, share)
        if not access.allows_freebusy() and "i" not in access.permissions:
            return httputils.NOT_ALLOWED
        try:
            start, end = (int(at.timestamp()) for at in self._freebusy_view_range(query))
        except ValueError:
            return httputils.BAD_REQUEST
        beyond = calendar.follow((start, end))
        text = free_busy(self._storage.take(calendar), (start, end), beyond, time())
        name = f"{calendar.path.rpartition('/')[2]}-freebusy.ics"
        headers = {
            "Content-Type": "text/calendar",
            "ETag": etag_of(text.encode()),
            "Content-Disposition": self._content_disposition_attachment(name),
        }
        return client.OK, headers, text, None

    def _put_object(
        self,
        environ: types.WSGIEnviron,
        access: Access,
        calendar: CalendarIndex,
        upload: Upload,
        base_prefix: str,
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        """Store an object of a calendar, without Radicale's reading of it, and answer as Radicale does."""
        if "w" not in access.parent_permissions:
            return httputils.NOT_ALLOWED
        href = access.path.strip("/").rpartition("/")[2]
        conditions = Conditions(environ.get("HTTP_IF_MATCH", ""), environ.get("HTTP_IF_NONE_MATCH", ""))
        try:
            is_new, etag = put(self._storage, calendar, href, upload, conditions, access.user)
        except Refused as refused:
            return self._refusal(refused.precondition, str(refused), request_info)
        except Unmet:
            return httputils.PRECONDITION_FAILED
        except Gone:
            return httputils.CONFLICT
        except UidTaken as taken:
            error = xmlutils.webdav_error("C:no-uid-conflict")
            there = xmlutils.make_href(base_prefix, f"/{calendar.path}/{taken.href}")
            SubElement(error[0], xmlutils.make_clark("D:href")).text = there
            return self._told(client.CONFLICT, error, request_info)
        except ValueError as failed:
            return _failure(failed)
        return client.CREATED if is_new else client.NO_CONTENT, {"ETag": etag}, None, None

    @contextmanager
    def _prepared(self, path: str, data: bytes) -> Iterator[uploads.Prepared]:
        """Read and stage what is about to be stored, before the lock is taken; in the block it is `uploads.current`."""
        folder, _, href = path.strip("/").rpartition("/")
        calendar = self._storage.index.get(folder)
        prepared = uploads.Prepared(data, calendar, None)
        if calendar is not None:
            try:
                staged = stage(calendar.folder, data)
            except OSError:
                # What cannot be staged cannot be stored either, and is answered where that fails.
                staged = None
            prepared = uploads.Prepared(data, calendar, calendar.read(href, data, time()), staged)
        before = uploads.current.set(prepared)
        try:
            yield prepared
        finally:
            uploads.current.reset(before)
            if prepared.staged is not None:
                prepared.staged.unlink(missing_ok=True)

    @contextmanager
    def _turn(self, path: str, depth: str) -> Iterator[None]:
        """Wait for one's turn to write a long answer.

        Python computes one of them at a time anyhow; several at once only make everybody wait who needs the interpreter
        for a moment: the thread that holds the lock, and the event loop.
        """
        calendar = self._storage.index.get(path.strip("/"))
        if calendar is None or depth == "0" or len(calendar) < LONG_OBJECTS:
            yield
            return
        with self._turns:
            yield

    def _read_xml_request_body(
        self, environ: types.WSGIEnviron, request_info: dict[str, Any]
    ) -> Element | None:
        """Return the parsed body; XML with entities, or without a bottom, is as bad as XML that cannot be parsed."""
        body = httputils.read_raw_request_body(self.configuration, environ)
        try:
            examine_depth(httputils.decode_request(self.configuration, environ, body))
            return super()._read_xml_request_body(with_body(environ, body), request_info)
        except (DefusedXmlException, TooDeep) as attack:
            raise RuntimeError(str(attack)) from attack

    def _xml_response(self, xml_content: Element, request_info: dict[str, Any]) -> bytes:
        """Add the host's mail addresses, without which Apple and Android clients take the host for a mere guest."""
        for found in xml_content.iter(xmlutils.make_clark("C:calendar-user-address-set")):
            if len(found):
                for address in self._addresses_of(request_info["login"]):
                    SubElement(found, xmlutils.make_clark("D:href")).text = f"mailto:{address}"
        # Through text: Radicale's way, a stream that encodes piece by piece, takes a third longer.
        head = f"<?xml version='1.0' encoding='{self._encoding}'?>\n"
        return (head + tostring(xml_content, encoding="unicode")).encode(self._encoding)

    def _refusal(self, precondition: str, reason: str, request_info: dict[str, Any]) -> types.WSGIResponse:
        error = xmlutils.webdav_error(precondition)
        if reason:
            SubElement(error, xmlutils.make_clark("D:responsedescription")).text = reason
        return self._told(client.FORBIDDEN, error, request_info)

    def _told(self, status: int, error: Element, request_info: dict[str, Any]) -> types.WSGIResponse:
        headers = {"Content-Type": f"text/xml; charset={self._encoding}"}
        return status, headers, self._xml_response(error, request_info), None


def _failure(failed: ValueError) -> types.WSGIResponse:
    """Return what to say of a write that the name or the disk did not allow."""
    number = failed.__cause__.errno if isinstance(failed.__cause__, OSError) else None
    if number is None:
        return httputils.BAD_REQUEST
    if number == ENOSPC:
        return httputils.INSUFFICIENT_STORAGE
    return httputils.FORBIDDEN if number in (EPERM, EACCES) else httputils.INTERNAL_SERVER_ERROR


def _answered(answer: Answer) -> types.WSGIResponse:
    return answer.status, {"Content-Type": f"{answer.content_type}; charset=utf-8"}, answer.body, None
