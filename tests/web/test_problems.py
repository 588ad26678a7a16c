"""The table from refusals to HTTP."""

import pytest
from aiohttp import web

from server.domain import errors
from server.domain.errors import Invalid, SchedulingError, SlotUnavailable, TooMany
from server.domain.slots import Refusal
from server.web import problems


def _tree(root: type[SchedulingError]) -> list[type[SchedulingError]]:
    return [found for child in root.__subclasses__() for found in (child, *_tree(child))]


def test_every_refusal_of_the_domain_has_a_status() -> None:
    ours = [found for found in _tree(SchedulingError) if found.__module__ == errors.__name__]
    assert set(ours) == set(problems.STATUS)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid("No.", {"name": "is missing"}), 422, "validation_error"),
        (SlotUnavailable("No.", Refusal.BUSY, [1]), 409, "conflict"),
        (errors.AlreadyCancelled("No."), 409, "already_cancelled"),
        (errors.NotFound("No."), 404, "not_found"),
        (errors.LinkReplaced("No."), 410, "link_replaced"),
    ],
)
def test_a_refusal_keeps_its_code(error: SchedulingError, status: int, code: str) -> None:
    """S5.43, S5.44, S5.46, S5.47."""
    problem = problems.from_scheduling(error)
    assert (problem.status, problem.code) == (status, code)


def test_fields_are_the_details_of_the_envelope() -> None:
    envelope = problems.from_scheduling(Invalid("No.", {"name": "is missing"})).as_json("abc")
    assert envelope == {
        "error": {
            "code": "validation_error",
            "message": "No.",
            "request_id": "abc",
            "details": {"name": "is missing"},
        }
    }


def test_a_wait_is_said_in_the_header() -> None:
    assert problems.from_scheduling(TooMany("No.", 12)).headers() == {"Retry-After": "12"}


def test_refusals_of_http_itself_have_codes() -> None:
    assert problems.from_http(web.HTTPNotFound()).code == "not_found"
    assert problems.from_http(web.HTTPRequestEntityTooLarge(1, 2)).code == "too_large"
    assert problems.from_http(web.HTTPGone()).code == "bad_request"
