"""The ledger in memory: the same promises as the real one, kept with plain searches."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from server.adapters.memory.api_keys import MemoryApiKeys
from server.adapters.memory.app_passwords import MemoryAppPasswords
from server.adapters.memory.completion import MemoryCompletion
from server.adapters.memory.invites import MemoryInviteUses
from server.adapters.memory.outbox import MemoryOutbox
from server.adapters.memory.repeats import MemoryRepeats
from server.adapters.memory.room_waits import MemoryRoomWaits
from server.adapters.memory.rotation import MemoryRotations
from server.domain.booking import ACTIVE, QUIET, Action, Status
from server.domain.identity import BookingId, CalendarPath, Etag, Home, Href, Uid
from server.domain.intervals import Span, overlaps
from server.domain.invites import InviteUse
from server.ports import (
    GUEST_HELD_MAX_S,
    AuditEntry,
    BookingRecord,
    Claim,
    Intent,
    Overtaken,
    Repeated,
    Settlement,
    Taken,
    Timetable,
    Turn,
)

KEY_KEPT_S = 86_400
CLAIM_KEPT_S = 86_400


class MemoryLedger:
    """Everything in dictionaries; a method never gives way to another task, so each is one transaction."""

    def __init__(self) -> None:
        self._bookings: dict[BookingId, BookingRecord] = {}
        self._trail: dict[BookingId, list[AuditEntry]] = {}
        # Each with the intent it belongs to; None for one that follows the calendar.
        self._claims: list[tuple[Claim, str | None]] = []
        self._claims_versions: Counter[Home] = Counter()
        self._intents: dict[str, Intent] = {}
        self._keys: dict[str, tuple[BookingId, int, int]] = {}
        self._feed_generations: Counter[Home] = Counter()
        self._password_hashes: dict[str, str] = {}
        self._disabled: set[str] = set()
        self._last_number = 0
        self._outbox = MemoryOutbox()
        self.due_mails = self._outbox.due_mails
        self.mails = self._outbox.mails
        self.finish_mail = self._outbox.finish_mail
        self.postpone_mail = self._outbox.postpone_mail
        self.requeue_mail = self._outbox.requeue_mail
        self.mail = self._outbox.mail
        self.bounce_mail = self._outbox.bounce_mail
        self._completion = MemoryCompletion(self._at_rest, self._add_to_trail)
        self.ended = self._completion.ended
        self.complete = self._completion.complete
        self.ended_meetings = self._completion.ended_meetings
        self.complete_meeting = self._completion.complete_meeting
        self._invites = MemoryInviteUses(self._outbox)
        self.invite_uses = self._invites.invite_uses
        self.forget_invites = self._invites.forget_invites
        self.queue_invites = self._invites.queue_invites
        room_waits = MemoryRoomWaits(self._bookings.get, self._outbox)
        self.wait_for_room = room_waits.wait_for_room
        self.due_rooms = room_waits.due_rooms
        self.postpone_room = room_waits.postpone_room
        self.stop_waiting = room_waits.stop_waiting
        self.give_up_room = room_waits.give_up_room
        self._rotations = MemoryRotations(lambda id_: id_ in self._intents)
        self.wheel = self._rotations.wheel
        self.forget_turns = self._rotations.forget_turns
        self._know_programs()

    def _know_programs(self) -> None:
        api_keys = MemoryApiKeys(lambda login: login in self._disabled)
        self.add_api_key = api_keys.add_api_key
        self.api_key = api_keys.api_key
        self.api_keys = api_keys.api_keys
        self.use_api_key = api_keys.use_api_key
        self.revoke_api_key = api_keys.revoke_api_key
        self._repeats = MemoryRepeats()
        self.begin_request = self._repeats.begin_request
        self.end_request = self._repeats.end_request
        self.forget_request = self._repeats.forget_request
        app_passwords = MemoryAppPasswords(lambda login: login in self._disabled)
        self.add_app_password = app_passwords.add_app_password
        self.app_password = app_passwords.app_password
        self.app_passwords = app_passwords.app_passwords
        self.use_app_password = app_passwords.use_app_password
        self.revoke_app_password = app_passwords.revoke_app_password

    def claims(self, home: Home, span: Span, *, without: BookingId | None = None) -> Sequence[Claim]:
        """Return the claims of a home whose held time overlaps `span`, by held time."""
        found = [
            claim
            for claim, _ in self._claims
            if claim.home == home and claim.booking != without and overlaps(claim.held, span)
        ]
        return sorted(found, key=lambda claim: (claim.held, claim.booking, claim.revision))

    def claims_version(self, home: Home | None) -> int:
        """Return a number that rises whenever a claim of `home`, None: of any, comes or goes."""
        return self._claims_versions.total() if home is None else self._claims_versions[home]

    def next_number(self) -> int:
        """Return a booking number that was never used."""
        self._last_number += 1
        return self._last_number

    async def begin(
        self,
        intent: Intent,
        claims: Sequence[Claim],
        use: InviteUse | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Record intent, claims, use and turn together. Raises `Taken`, `Repeated`, `Overtaken`, `UsedUp` or `TurnMoved`."""
        booking = intent.settlement.booking
        if intent.key in self._keys:
            raise Repeated(self._keys[intent.key][0])
        self._demand_at_rest(intent)
        for claim in claims:
            self._demand_free(claim)
        if turn is not None:
            self._rotations.demand_next(turn)
        if use is not None:
            self._invites.take(use, booking, intent.settlement.person)
        if turn is not None:
            self._rotations.take(turn, intent)
        for claim in claims:
            self._add_claim(claim, intent.id)
        if intent.key is not None:
            self._keys[intent.key] = (booking, intent.begun_at, intent.settlement.person or 1)
        self._intents[intent.id] = intent
        self._last_number = max(self._last_number, intent.settlement.number)

    async def settle(self, intent: Intent) -> None:
        """Make the settlement true, queue its mails, drop the booking's other claims and the intent; idempotent."""
        if self._intents.pop(intent.id, None) is None:
            return
        done = intent.settlement
        self._bookings[done.booking] = self._settled(done)
        self._add_to_trail(
            AuditEntry(
                done.booking,
                done.revision,
                done.action,
                done.actor,
                done.at,
                done.unannounced,
                done.happenings,
                done.home,
                done.concerns,
            )
        )
        self._completion.ends(
            done.booking,
            done.ends,
            done.meetings if done.status in ACTIVE or done.meetings is None else (),
        )
        self._rotations.keep(intent)
        self._outbox.queue(done)
        keeps = intent.id if done.status in ACTIVE else None
        self._drop_claims(lambda claim, of: claim.booking == done.booking and (keeps is None or of != keeps))

    async def release(self, intent: Intent) -> None:
        """Forget the intent, its claims and its key, as if it had never been."""
        if self._intents.pop(intent.id, None) is None:
            return
        self._drop_claims(lambda _, of: of == intent.id)
        self._rotations.give_back(intent)
        if intent.key is not None:
            self._keys.pop(intent.key, None)
        if intent.expected_revision is None or intent.settlement.person:
            self._invites.give_back(intent.settlement.booking, intent.settlement.person)

    async def intents(self, begun_before: int) -> Sequence[Intent]:
        """Return the intents begun before an instant (epoch seconds), oldest first."""
        begun = [intent for intent in self._intents.values() if intent.begun_at < begun_before]
        return sorted(begun, key=lambda intent: (intent.begun_at, intent.id))

    async def booking(self, id_: BookingId) -> BookingRecord | None:
        """Return what is known of a booking."""
        return self._bookings.get(id_)

    async def bookings_by_id(self, ids: Collection[BookingId]) -> Mapping[BookingId, BookingRecord]:
        """Return what is known of several bookings; those are left out of which nothing is."""
        return {id_: self._bookings[id_] for id_ in ids if id_ in self._bookings}

    async def booking_by_uid(self, uid: Uid) -> BookingRecord | None:
        """Return what is known of the booking with this UID."""
        return next((record for record in self._bookings.values() if record.uid == uid), None)

    async def booking_by_key(self, key: str) -> BookingId | None:
        """Return the booking that was made with a key, if the key is remembered."""
        return self._keys[key][0] if key in self._keys else None

    async def person_by_key(self, key: str) -> int:
        """Return the number of who came by a key, 1 for one that is not remembered."""
        return self._keys[key][2] if key in self._keys else 1

    async def bookings(
        self, *, home: Home | None = None, active_only: bool = False, status: Status | None = None
    ) -> Sequence[BookingRecord]:
        """Return booking records by number."""
        found = [
            record
            for record in self._bookings.values()
            if (home is None or record.home == home)
            and (not active_only or record.status in ACTIVE)
            and (status is None or record.status is status)
        ]
        return sorted(found, key=lambda record: record.number)

    async def follow(
        self,
        seen: BookingRecord,
        *,
        place: tuple[CalendarPath, Href, Etag] | None,
        claims: Sequence[Claim],
        missing_since: int | None,
        timetable: Timetable | None = None,
    ) -> bool:
        """Record what a client did to the booking's object; False, and nothing done, when it is no more as `seen`."""
        record = self._bookings.get(seen.id)
        if record is None or _state(record) != _state(seen) or self._is_under_way(seen.id):
            return False
        calendar, href, etag = place or (record.calendar, record.href, record.etag)
        self._bookings[seen.id] = replace(
            record, calendar=calendar, href=href, etag=etag, missing_since=missing_since
        )
        self._drop_claims(lambda claim, _: claim.booking == seen.id)
        for claim in claims:
            self._add_claim(claim, None)
        if timetable is None:
            self._completion.ends(seen.id, None, None)
        else:
            self._completion.ends(seen.id, timetable.ends, timetable.meetings)
        if timetable is not None:
            self._outbox.follow(seen.id, seen.revision, timetable)
        return True

    async def raise_generation(self, id_: BookingId, person: int) -> int:
        """Kill all links of a person to a booking; return the new generation."""
        record = self._bookings.get(id_)
        if record is None:
            return 0
        raised = record.generation(person) + 1
        self._bookings[id_] = replace(record, generations={**record.generations, person: raised})
        return raised

    async def trail(self, id_: BookingId) -> Sequence[AuditEntry]:
        """Return a booking's audit trail, oldest first."""
        return tuple(self._trail.get(id_, ()))

    async def feed_generation(self, home: Home) -> int:
        """Return how often a home's secret feed links were reset."""
        return self._feed_generations[home]

    async def reset_feeds(self, home: Home) -> int:
        """Kill a home's secret feed links; return the new generation."""
        self._feed_generations[home] += 1
        return self._feed_generations[home]

    async def password_hash(self, login: str) -> str | None:
        """Return the hash of an account that may sign in."""
        return None if login in self._disabled else self._password_hashes.get(login)

    async def set_password_hash(self, login: str, hash_: str) -> None:
        """Create the account or replace its password."""
        self._password_hashes[login] = hash_

    async def disable_account(self, login: str, disabled: bool) -> None:
        """Switch an account off or on again."""
        if login in self._password_hashes:
            (self._disabled.add if disabled else self._disabled.discard)(login)

    async def prune(self, now: int) -> None:
        """Forget keys after 24 hours, finished mails after 90 days, claims a day after their time."""
        self._keys = {key: made for key, made in self._keys.items() if made[1] >= now - KEY_KEPT_S}
        self._repeats.delete_before(now - KEY_KEPT_S)
        self._outbox.prune(now)
        self._drop_claims(lambda claim, _: max(claim.span[1], claim.held[1]) < now - CLAIM_KEPT_S)

    async def probe(self) -> None:
        """Memory is always writable."""

    def _at_rest(self, id_: BookingId) -> BookingRecord | None:
        return None if self._is_under_way(id_) else self._bookings.get(id_)

    def _add_to_trail(self, entry: AuditEntry) -> None:
        self._trail.setdefault(entry.booking, []).append(entry)

    def _is_under_way(self, id_: BookingId) -> bool:
        return any(intent.settlement.booking == id_ for intent in self._intents.values())

    def _demand_at_rest(self, intent: Intent) -> None:
        booking = intent.settlement.booking
        record = self._bookings.get(booking)
        at_revision = None if record is None else record.revision
        if (
            at_revision != intent.expected_revision
            or self._is_under_way(booking)
            or intent.id in self._intents
        ):
            raise Overtaken

    def _demand_free(self, claim: Claim) -> None:
        if not claim.by_guest:
            return
        if claim.span[0] >= claim.span[1] or claim.held[1] - claim.held[0] > GUEST_HELD_MAX_S:
            raise ValueError("no guest can choose this span")
        for other, _ in self._claims:
            if other.home != claim.home or other.booking == claim.booking:
                continue
            if overlaps(claim.held, other.span) or overlaps(claim.span, other.held):
                raise Taken

    def _settled(self, done: Settlement) -> BookingRecord:
        before = self._bookings.get(done.booking)
        return BookingRecord(
            id=done.booking,
            number=done.number,
            home=done.home,
            uid=done.uid,
            event_type=done.event_type,
            calendar=done.calendar,
            href=done.href,
            etag=done.etag,
            status=done.status,
            revision=done.revision,
            sent_sequence=max(done.sequence, before.sent_sequence if before else 0),
            created_at=before.created_at if before else done.at,
            generations=before.generations if before else {},
            quiet=_quiet(before, done),
            co_hosts=done.co_hosts,
            handed_on=_handed_on(before, done),
            team=done.team,
            attendance=dict(done.attendance),
        )

    def _drop_claims(self, is_dropped: Callable[[Claim, str | None], bool]) -> None:
        dropped = [(claim, of) for claim, of in self._claims if is_dropped(claim, of)]
        self._claims = [pair for pair in self._claims if pair not in dropped]
        self._claims_versions.update({claim.home for claim, _ in dropped})

    def _add_claim(self, claim: Claim, intent: str | None) -> None:
        self._claims.append((claim, intent))
        self._claims_versions[claim.home] += 1


def _quiet(before: BookingRecord | None, done: Settlement) -> frozenset[int]:
    earlier = frozenset() if before is None else before.quiet
    return earlier | {done.revision} if done.action in QUIET else earlier


def _handed_on(before: BookingRecord | None, done: Settlement) -> frozenset[int]:
    earlier = frozenset() if before is None else before.handed_on
    return earlier | {done.revision} if done.action is Action.REASSIGN else earlier


def _state(record: BookingRecord) -> tuple[object, ...]:
    return record.revision, record.calendar, record.href, record.etag, record.missing_since
