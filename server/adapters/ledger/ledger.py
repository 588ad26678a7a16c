"""The ledger, assembled: each slice is a module, and this page says which method lives where."""

import asyncio
import itertools
from pathlib import Path

from server.adapters.ledger import bookings, claims
from server.adapters.ledger.accounts import Accounts, Feeds
from server.adapters.ledger.api_keys import ApiKeys
from server.adapters.ledger.app_passwords import AppPasswords
from server.adapters.ledger.bookings import Bookings
from server.adapters.ledger.bounces import Bounces
from server.adapters.ledger.changes import Changes
from server.adapters.ledger.completion import Completion
from server.adapters.ledger.database import Database
from server.adapters.ledger.invites import InviteUses
from server.adapters.ledger.meetings import Meetings
from server.adapters.ledger.migrate import prepare
from server.adapters.ledger.mirror import ClaimsMirror
from server.adapters.ledger.outbox import Outbox
from server.adapters.ledger.repeats import Repeats
from server.adapters.ledger.room_waits import RoomWaits
from server.adapters.ledger.rotation import Rotations
from server.adapters.ledger.upkeep import Upkeep


class SqliteLedger:
    """`ports.Ledger` in one SQLite file; `open` it, and `close` it before the event loop ends."""

    def __init__(self, database: Database, mirror: ClaimsMirror, last_number: int) -> None:
        self.database = database
        self.mirror = mirror
        self._numbers = itertools.count(last_number + 1)

        self.claims = mirror.claims
        self.claims_version = mirror.version

        changes = Changes(database, mirror)
        self.begin = changes.begin
        self.settle = changes.settle
        self.release = changes.release
        self.intents = changes.intents
        self.booking_by_key = changes.booking_by_key
        self.person_by_key = changes.person_by_key

        known = Bookings(database, mirror)
        self.booking = known.booking
        self.bookings_by_id = known.bookings_by_id
        self.booking_by_uid = known.booking_by_uid
        self.bookings = known.bookings
        self.trail = known.trail
        self.follow = known.follow
        self.raise_generation = known.raise_generation

        self._know_ends(database)

        outbox = Outbox(database)
        self.due_mails = outbox.due_mails
        self.mails = outbox.mails
        self.finish_mail = outbox.finish_mail
        self.postpone_mail = outbox.postpone_mail
        self.requeue_mail = outbox.requeue_mail

        bounces = Bounces(database)
        self.mail = bounces.mail
        self.bounce_mail = bounces.bounce_mail

        room_waits = RoomWaits(database)
        self.wait_for_room = room_waits.wait_for_room
        self.due_rooms = room_waits.due_rooms
        self.postpone_room = room_waits.postpone_room
        self.stop_waiting = room_waits.stop_waiting
        self.give_up_room = room_waits.give_up_room

        self._know_hosts(database)

        upkeep = Upkeep(database, mirror)
        self.prune = upkeep.prune
        self.probe = upkeep.probe

    def _know_ends(self, database: Database) -> None:
        completion = Completion(database)
        self.ended = completion.ended
        self.complete = completion.complete

        meetings = Meetings(database)
        self.ended_meetings = meetings.ended_meetings
        self.complete_meeting = meetings.complete_meeting

    def _know_hosts(self, database: Database) -> None:
        rotations = Rotations(database)
        self.wheel = rotations.wheel
        self.forget_turns = rotations.forget_turns

        accounts = Accounts(database)
        self.password_hash = accounts.password_hash
        self.set_password_hash = accounts.set_password_hash
        self.disable_account = accounts.disable_account

        app_passwords = AppPasswords(database)
        self.add_app_password = app_passwords.add_app_password
        self.app_password = app_passwords.app_password
        self.app_passwords = app_passwords.app_passwords
        self.use_app_password = app_passwords.use_app_password
        self.revoke_app_password = app_passwords.revoke_app_password

        api_keys = ApiKeys(database)
        self.add_api_key = api_keys.add_api_key
        self.api_key = api_keys.api_key
        self.api_keys = api_keys.api_keys
        self.use_api_key = api_keys.use_api_key
        self.revoke_api_key = api_keys.revoke_api_key

        repeats = Repeats(database)
        self.begin_request = repeats.begin_request
        self.end_request = repeats.end_request
        self.forget_request = repeats.forget_request

        invite_uses = InviteUses(database)
        self.invite_uses = invite_uses.invite_uses
        self.forget_invites = invite_uses.forget_invites
        self.queue_invites = invite_uses.queue_invites

        feeds = Feeds(database)
        self.feed_generation = feeds.feed_generation
        self.reset_feeds = feeds.reset_feeds

    @classmethod
    async def open(cls, path: Path) -> "SqliteLedger":
        """Open the ledger, creating or upgrading the file first; raises LedgerRefused with what to do."""
        await asyncio.to_thread(prepare, path)
        database = await Database.open(path)
        try:
            mirror = ClaimsMirror(await database.read(claims.load))
            return cls(database, mirror, await database.read(bookings.last_number))
        except BaseException:
            await database.close()
            raise

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        await self.database.close()

    def next_number(self) -> int:
        """Return a booking number that was never used."""
        return next(self._numbers)
