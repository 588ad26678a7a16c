"""Text messages over HTTP: one request to the operator's gateway for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from server.adapters.sms import template
from server.ports import TextError

# What these complain of is the configuration or the moment and not the message: it leaves once that is mended.
LATER_CODES = frozenset({401, 402, 403, 404, 405, 407, 408, 409, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """How a gateway is asked: address, headers ("Name: value") and body are templates (see `template`)."""

    url: str
    method: str = "POST"
    headers: tuple[str, ...] = field(default=(), repr=False)
    body: str = field(default="", repr=False)
    sender: str = ""
    token: str = field(default="", repr=False)
    timeout_s: float = 30


class HttpTexter:
    """Hands text messages to one gateway; what it answers is neither kept nor logged, as it may repeat the message."""

    is_configured = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def send(self, to: str, text: str, id_: str) -> None:
        """Hand over one message; raises `TextError`, permanent when the gateway refused it for good (4xx)."""
        gateway = self._gateway
        known = template.values(to, text, id_, sender=gateway.sender, token=gateway.token)
        headers = _headers(gateway, known)
        escape = template.in_body(headers.get("content-type", ""))
        body = template.filled(gateway.body, known, escape).encode()
        url = template.filled(gateway.url, known, template.in_url)
        # The address is the operator's own, so it may be any; a redirect would be somebody else's.
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=gateway.timeout_s)) as session,
                session.request(
                    gateway.method, url, data=body or None, headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
        except TimeoutError as error:
            raise TextError("timeout", permanent=False) from error
        except (aiohttp.ClientError, OSError) as error:
            raise TextError("connect", permanent=False) from error
        if not 200 <= status < 300:
            raise TextError(str(status), permanent=400 <= status < 500 and status not in LATER_CODES)


def _headers(gateway: Gateway, known: Mapping[str, str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in gateway.headers)
    return {
        name.strip().lower(): template.filled(value.strip(), known, template.as_it_is)
        for name, _, value in pairs
    }
