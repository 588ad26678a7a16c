"""The claims of all homes in memory, as they were last committed.

Each home's claims are a sorted list that is replaced whole, so readers in any thread take no lock; the one writer is the
ledger's writing thread, after its commit.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from server.domain.identity import BookingId, Home
from server.domain.intervals import Span, overlaps
from server.ports import Claim


@dataclass(frozen=True, slots=True)
class _Held:
    """A home's claims by held time; none is held for longer than `longest_s`."""

    claims: Sequence[Claim] = ()
    longest_s: int = 0
    version: int = 0


_NOTHING = _Held()


class ClaimsMirror:
    """Answers which claims stand in a span, in the time it takes to find its edge."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        by_home = groupby(sorted(claims, key=lambda claim: (claim.home, _order(claim))), key=lambda c: c.home)
        self._homes = {home: _held(list(group)) for home, group in by_home}
        self._version = 0

    def claims(self, home: Home, span: Span, *, without: BookingId | None = None) -> Sequence[Claim]:
        """Return the claims of a home whose held time overlaps `span`, by held time."""
        held = self._homes.get(home, _NOTHING)
        at = bisect_left(held.claims, span[0] - held.longest_s, key=_held_from)
        found: list[Claim] = []
        while at < len(held.claims) and held.claims[at].held[0] < span[1]:
            claim = held.claims[at]
            if claim.booking != without and overlaps(claim.held, span):
                found.append(claim)
            at += 1
        return found

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever a claim of `home`, None: of any, comes or goes."""
        return self._version if home is None else self._homes.get(home, _NOTHING).version

    def all(self) -> Sequence[Claim]:
        """Return every claim, by home and held time."""
        return [claim for home in sorted(self._homes) for claim in self._homes[home].claims]

    def change(self, dropped: Sequence[Claim], added: Sequence[Claim]) -> None:
        """Make one transaction's claims true."""
        for home in {claim.home for claim in (*dropped, *added)}:
            self._change(home, [c for c in dropped if c.home == home], [c for c in added if c.home == home])

    def forget(self, past: Sequence[Claim]) -> None:
        """Drop claims that nobody can want a part of any more."""
        self.change(past, ())

    def _change(self, home: Home, dropped: Sequence[Claim], added: Sequence[Claim]) -> None:
        before = self._homes.get(home, _NOTHING)
        claims, longest_s = list(before.claims), before.longest_s
        for claim in dropped:
            # Sorted by what makes a claim itself, so the first of its order is the one, or its equal.
            del claims[bisect_left(claims, _order(claim), key=_order)]
        for claim in added:
            insort(claims, claim, key=_order)
            longest_s = max(longest_s, claim.held[1] - claim.held[0])
        self._homes[home] = _Held(claims, longest_s, before.version + 1)
        self._version += 1


def _held(claims: Sequence[Claim]) -> _Held:
    return _Held(claims, max(claim.held[1] - claim.held[0] for claim in claims))


def _order(claim: Claim) -> tuple[Span, BookingId, int, Span, bool]:
    return claim.held, claim.booking, claim.revision, claim.span, claim.by_guest


def _held_from(claim: Claim) -> int:
    return claim.held[0]
