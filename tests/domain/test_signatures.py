"""Signed requests, as receivers check them."""

import base64

from server.domain.signatures import secret_text, signed


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """Standard Webhooks 1.0.0: the example that its libraries are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_is_written_as_its_receivers_expect() -> None:
    assert secret_text(b"\x00" * 24) == "whsec_" + "A" * 32
