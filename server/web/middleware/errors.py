"""The last word on every refusal and fault: a page for people, an envelope for programs, one log entry for faults."""

import logging
from dataclasses import replace

from aiohttp import web

from server.domain.errors import SchedulingError
from server.web import problems
from server.web.keys import ALLOWANCE, REQUEST_ID, pages_of
from server.web.middleware.access_log import without_secrets
from server.web.problems import Problem, instant_text

# Their clients speak WebDAV; the mount words its own refusals.
_OWN_WORDS = ("/dav/", "/.well-known/")
_JSON = ("/v1/", "/v2/", "/healthz")

log = logging.getLogger(__name__)


def answer_error(request: web.Request, error: Exception) -> web.Response:
    """Return the answer to what a handler has just raised; raises it again where it is an answer itself."""
    match error:
        case SchedulingError():
            return answer(request, problems.from_scheduling(error))
        case web.HTTPException():
            return _refuse(request, error)
        case web.RequestPayloadError():
            # A body that is not what its headers say is its sender's fault, and no news.
            return answer(request, problems.from_http(web.HTTPBadRequest()))
        case _:
            fields = {"id": request[REQUEST_ID], "path": without_secrets(request.rel_url.raw_path)}
            log.error("request failed", extra=fields, exc_info=error)
            return answer(request, problems.internal())


def answer(request: web.Request, problem: Problem) -> web.Response:
    """Return `problem` in the form that the asker understands."""
    if request.path.startswith(_JSON) or _prefers_json(request):
        problem = _with_allowance(request, problem)
        return web.json_response(
            problem.as_json(request[REQUEST_ID]), status=problem.status, headers=problem.headers()
        )
    page = pages_of(request)
    return page.problem(request, problem, request[REQUEST_ID])


def _with_allowance(request: web.Request, problem: Problem) -> Problem:
    """Return the problem with what programs are told of the limit that they reached."""
    allowance = request.get(ALLOWANCE)
    if allowance is None or problem.status != web.HTTPTooManyRequests.status_code:
        return problem
    more = {
        "limit": allowance.limit,
        "window": allowance.window,
        "reset_at": instant_text(allowance.reset_at),
    }
    return replace(problem, more=more)


def _refuse(request: web.Request, error: web.HTTPException) -> web.Response:
    if error.status < 400 or request.path.startswith(_OWN_WORDS):
        raise error
    response = answer(request, problems.from_http(error))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _prefers_json(request: web.Request) -> bool:
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept
