"""Slots as JSON, kept piece by piece: every guest of every host asks for the same instants again."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from server.web.api_v1.shapes import Slot

KEPT_MAX = 50_000


class SlotJson:
    """Encoded slots by start and duration; to make their datetimes would cost more than all the rest of an answer."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._kept_max = kept_max
        self._by_duration: dict[int, _Pieces] = {}

    def encoded(self, starts: Sequence[int], duration_s: int) -> list[msgspec.Raw]:
        """Return the encoded `Slot` of each start (epoch seconds), for msgspec to copy into an answer as it is."""
        pieces = self._by_duration.get(duration_s)
        if pieces is None:
            pieces = self._by_duration[duration_s] = _Pieces(duration_s)
        found = list(map(pieces.__getitem__, starts))
        if sum(map(len, self._by_duration.values())) > self._kept_max:
            self._by_duration.clear()
        return found


class _Pieces(dict[int, msgspec.Raw]):
    def __init__(self, duration_s: int) -> None:
        super().__init__()
        self._duration_s = duration_s

    def __missing__(self, start: int) -> msgspec.Raw:
        slot = Slot(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(start + self._duration_s, UTC))
        piece = self[start] = msgspec.Raw(msgspec.json.encode(slot))
        return piece
