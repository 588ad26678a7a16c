"""Programs and their keys at a running server: what they are promised holds over restarts, and nothing they say is kept twice."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.system.running import Running

pytestmark = pytest.mark.slow

PATIENCE_S = 60
WORDS = {
    "name": "Hyrax Dassie",
    "email": "okapi@potto.example",
    "value": "Cassowary",
    "note": "Tarsier",
    "key": "Gerenuk",
}


def ask(
    server: Running, method: str, path: str, headers: dict[str, str], body: object = None
) -> tuple[int, dict[str, Any]]:
    """Return status and answer of a request, whatever the status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        server.url + path, data, {"Content-Type": "application/json", **headers}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def wish(start: str) -> dict[str, object]:
    return {
        "event_type_id": "demo/intro",
        "start_time": start,
        "invitee_name": WORDS["name"],
        "invitee_email": WORDS["email"],
        "invitee_timezone": "Europe/Berlin",
        "metadata": {"source": WORDS["value"]},
    }


def test_a_program_is_kept_its_word_over_a_restart(running: Running) -> None:
    """S3.34, S3.36, S5.42, S5.44: one booking for one Idempotency-Key, no word in the ledger, no key in it or in the log."""
    made = json.loads(running.daybook("api-key", "create", "demo", "--json"))
    key = {"Authorization": f"Bearer {made['key']}"}
    day = str(date.today() + timedelta(days=5))  # noqa: DTZ011 - any day will do
    later = str(date.today() + timedelta(days=9))  # noqa: DTZ011
    running.daybook(
        *("event-type", "edit", "demo/intro", "--hours", "always", "--notice", "0", "--step", "15m")
    )
    starts = running.slots("intro", day, later)[:50]
    once = {**key, "Idempotency-Key": WORDS["key"]}
    with ThreadPoolExecutor(25) as threads:
        same = list(
            threads.map(lambda _: ask(running, "POST", "/v1/bookings", once, wish(starts[0])), range(50))
        )
        # Each of them overlaps the next.
        many = list(
            threads.map(
                lambda at: ask(
                    running, "POST", "/v1/bookings", {**key, "Idempotency-Key": f"{at}"}, wish(starts[at])
                ),
                range(1, 50),
            )
        )
    assert {status for status, _ in same} == {201}
    (id_,) = {answer["id"] for _, answer in same}
    assert {status for status, _ in many} == {201, 409}
    page = ask(running, "GET", "/v1/bookings?limit=100", key)[1]
    spans = sorted((one["start_time"], one["end_time"]) for one in page["data"])
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert ask(running, "POST", f"/v1/bookings/{id_}/notes", key, {"content": WORDS["note"]})[0] == 201
    assert running.stop() == 0
    running.start()
    again = ask(running, "POST", "/v1/bookings", once, wish(starts[0]))
    assert (again[0], again[1]["id"], again[1]["metadata"]) == (201, id_, {"source": WORDS["value"]})
    assert ask(running, "POST", "/v1/bookings", once, wish(starts[1]))[0] == 422
    notes = ask(running, "GET", f"/v1/bookings/{id_}/notes", key)[1]["data"]
    assert [note["content"] for note in notes] == [WORDS["note"]]
    running.daybook("api-key", "revoke", made["view"]["prefix"])
    assert ask(running, "GET", "/v1/bookings", key)[0] == 401
    kept = b"".join(path.read_bytes() for path in sorted(running.data.glob("ledger.db*"))).lower()
    words = [word for value in WORDS.values() for word in value.split()]
    assert [word for word in words if word.lower().encode() in kept] == []
    secret = made["key"][-28:].encode()
    assert secret not in kept
    assert secret not in running.log.read_bytes()
