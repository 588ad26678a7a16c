"""What stands around the starts of an event type in a span, of one host or a group by spans, of a team by bits."""

from collections.abc import Sequence
from typing import NamedTuple

from server.domain import slots
from server.domain.intervals import Span
from server.domain.slots import Refusal, SlotRules
from server.ports import Ports
from server.usecases.booking import joint


class Situation(NamedTuple):
    """What stands around the starts in a span; `busy` and `held` in no order, as `slots` takes them.

    `full` are periods that a cap has closed, `days` those of which only the first start is offered, None when all are.
    """

    open_spans: Sequence[Span]
    busy: Sequence[Span]
    held: Sequence[Span]
    full: Sequence[Span]
    days: Sequence[Span] | None

    def offer(self, rules: SlotRules) -> list[int]:
        """Return every start that can be booked by `rules`."""
        return slots.offer(rules, self.open_spans, self.busy, self.held, full=self.full, days=self.days)

    def refusal(self, rules: SlotRules, start: int) -> Refusal | None:
        """Return why a start cannot be booked, None when it is offered."""
        return slots.refusal(
            rules, start, self.open_spans, self.busy, self.held, full=self.full, days=self.days
        )

    def is_taken(self, rules: SlotRules, start: int) -> bool:
        """Tell whether a meeting at `start` meets others, whatever hours and grid say."""
        return slots.is_taken(rules, start, self.busy, self.held)


class TeamSituation(NamedTuple):
    """The same of a team's event type: a start can be had when some of its members, as the strategy has it, are free."""

    ports: Ports
    board: joint.Board
    full: Sequence[Span]
    days: Sequence[Span] | None

    def offer(self, rules: SlotRules) -> list[int]:
        """Return every start that can be booked by `rules`."""
        found = joint.offer(self.ports, self.board._replace(rules=rules))
        if self.full:
            found = [one for one in found if not any(first <= one < stop for first, stop in self.full)]
        return found if self.days is None else slots.first_of_each(self.days, found)

    def refusal(self, rules: SlotRules, start: int) -> Refusal | None:
        """Return why a start cannot be booked, None when it is offered."""
        if joint.free_at(self.ports, self.board, start):
            reason = None
        else:
            reason = joint.refusal(self.board, start)
        order = list(Refusal)
        if any(first <= start < stop for first, stop in self.full) and (
            reason is None or order.index(reason) > order.index(Refusal.CAPPED)
        ):
            return Refusal.CAPPED
        if reason is None and self.days is not None and start not in self.offer(rules):
            return Refusal.NOT_FIRST
        return reason

    def is_taken(self, rules: SlotRules, start: int) -> bool:
        """Tell whether nobody is free at `start`, whatever hours and grid say."""
        return not joint.free_at(self.ports, self.board._replace(rules=rules), start, any_hour=True)
