"""How the server logs: one line a record on standard error, its own and that of the libraries alike."""

import logging
import sys

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import Processor

from server.settings.model import LogFormat, LogSettings

# What they have to say at INFO is said better by our own lines.
QUIET = ("aiosqlite", "asyncio", "radicale", "aiohttp.access", "css_inline")


def configure(settings: LogSettings) -> None:
    """Send all records to standard error in the format and from the level that are set."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level.value),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendered(settings.format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.value.upper())
    logging.getLogger("aiohttp.server").addFilter(_is_ours)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def _is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a record is not about a request that is no HTTP: strangers send any number, with links in them."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


def _rendered(kind: LogFormat) -> list[Processor]:
    if kind is LogFormat.JSON:
        return [
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    # Where rich is installed structlog would show the locals of every frame: keys, capabilities, what guests typed.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
