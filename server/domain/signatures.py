"""Signed requests as Standard Webhooks has them (standardwebhooks.com, specification 1.0.0).

The receiver checks HMAC-SHA256 over `id.timestamp.body`, and that the timestamp is fresh; equal ids are one request.
"""

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256

PREFIX = "whsec_"


def secret_text(secret: bytes) -> str:
    """Return a secret as its receiver is given it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signed(secret: bytes, id_: str, at: int, body: bytes) -> Mapping[str, str]:
    """Return the headers that prove `body`, sent at `at` (epoch seconds), to who knows the secret."""
    proof = hmac.new(secret, f"{id_}.{at}.".encode() + body, sha256).digest()
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(proof).decode('ascii')}",
    }
