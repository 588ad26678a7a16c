"""Slots as JSON, kept piece by piece: every guest of every host asks for the same instants again."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter

import msgspec

from server.web.api_v1.shapes import Slot

KEPT_MAX = 50_000


class SlotJson:
    """Encoded slots by duration and start; to make their datetimes would cost more than all the rest of an answer."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._kept_max = kept_max
        self._kept = 0
        self._by_duration: dict[int, dict[int, msgspec.Raw]] = {}

    def encoded(self, starts: Sequence[int], duration_s: int) -> Sequence[msgspec.Raw]:
        """Return the encoded `Slot` of each start (epoch seconds), for msgspec to copy into an answer as it is."""
        pieces = self._by_duration.get(duration_s, {})
        try:
            # Twice as fast as a comprehension, but it wants two keys to give a tuple.
            return itemgetter(*starts)(pieces) if len(starts) > 1 else [pieces[start] for start in starts]
        except KeyError:
            return self._made(starts, duration_s)

    def _made(self, starts: Iterable[int], duration_s: int) -> list[msgspec.Raw]:
        if self._kept > self._kept_max:
            self._by_duration.clear()
            self._kept = 0
        pieces = self._by_duration.setdefault(duration_s, {})
        before = len(pieces)
        for start in starts:
            if start not in pieces:
                pieces[start] = _piece(start, duration_s)
        self._kept += len(pieces) - before
        return [pieces[start] for start in starts]


def _piece(start: int, duration_s: int) -> msgspec.Raw:
    slot = Slot(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(start + duration_s, UTC))
    return msgspec.Raw(msgspec.json.encode(slot))
