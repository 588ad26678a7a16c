"""Log lines: one a record, from our code and from libraries alike."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.cli.log import configure
from server.settings.model import LogFormat, LogLevel, LogSettings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put logging back as the tests around us expect it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_machine_reads_one_object_a_line_with_the_fields_of_the_record(
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure(LogSettings(format=LogFormat.JSON))
    logging.getLogger("server.jobs").info("mail handled", extra={"mail": 7})
    structlog.get_logger("server.web").info("request", status=200)
    first, second = map(json.loads, capfd.readouterr().err.splitlines())
    assert (first["message"], first["mail"], first["level"], first["logger"]) == (
        "mail handled",
        7,
        "info",
        "server.jobs",
    )
    assert (second["message"], second["status"]) == ("request", 200)
    assert first["timestamp"].endswith("Z")


def test_an_exception_is_part_of_its_line(capfd: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(format=LogFormat.JSON))
    try:
        raise ValueError("wrong")
    except ValueError:
        logging.getLogger("server").exception("job failed")
    (line,) = capfd.readouterr().err.splitlines()
    assert "ValueError: wrong" in json.loads(line)["exception"]


@pytest.mark.parametrize("form", list(LogFormat))
def test_an_exception_shows_no_value_that_was_at_hand(
    capfd: pytest.CaptureFixture[str], form: LogFormat
) -> None:
    """Where rich is installed, structlog would show all locals of all frames."""
    configure(LogSettings(format=form))

    def fail(token: str) -> None:
        raise ValueError(f"{len(token)} characters")

    try:
        fail("".join(("m_", "secret")))
    except ValueError:
        logging.getLogger("server").exception("request failed")
    text = capfd.readouterr().err
    assert "8 characters" in text
    assert "m_secret" not in text


async def test_a_request_that_is_no_http_is_answered_and_not_logged(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The library would log 20 lines for each, with the sender's address and the link that was asked for."""
    configure(LogSettings())
    async with TestServer(web.Application()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /b/intro/manage/m_secret\xff HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
    logging.getLogger("aiohttp.server").error("our own fault")
    text = capfd.readouterr().err
    assert "our own fault" in text
    assert "m_secret" not in text
    assert "127.0.0.1" not in text


def test_people_read_plain_lines(capfd: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings())
    logging.getLogger("server").warning("resolved", extra={"count": 2})
    text = capfd.readouterr().err
    assert "resolved" in text
    assert "count=2" in text


def test_lines_below_the_level_are_not_written(capfd: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(level=LogLevel.WARNING))
    logging.getLogger("server").info("quiet")
    structlog.get_logger("server").info("quiet")
    assert capfd.readouterr().err == ""
