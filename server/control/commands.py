"""Every command there is: one table, read by the socket of a running server and by the command line without one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, TypeVar, cast

import msgspec

from server.control import (
    api_keys,
    app_passwords,
    away,
    backups,
    bookings,
    calendars,
    check,
    event_types,
    hosts,
    invites,
    jobs,
    mails,
    reassign,
    teams,
)
from server.ports import Ports

R = TypeVar("R", bound=msgspec.Struct)
Handler: TypeAlias = Callable[[Ports, msgspec.Struct], Awaitable[object]]

Request: TypeAlias = (
    hosts.AddHost
    | hosts.SetHost
    | hosts.ListHosts
    | hosts.RenewPassword
    | hosts.DisableHost
    | hosts.AskFeedLinks
    | hosts.ShowHost
    | teams.CreateTeam
    | teams.EditTeam
    | teams.ListTeams
    | teams.ShowTeam
    | teams.DisableTeam
    | teams.AddMember
    | teams.EditMember
    | teams.RemoveMember
    | teams.ListMembers
    | away.AddAway
    | away.ListAway
    | away.RemoveAway
    | away.TakeHolidays
    | away.ListHolidays
    | away.ClearHolidays
    | api_keys.MakeApiKey
    | api_keys.ListApiKeys
    | api_keys.RevokeApiKey
    | app_passwords.MakeAppPassword
    | app_passwords.ListAppPasswords
    | app_passwords.RevokeAppPassword
    | event_types.CreateEventType
    | event_types.EditEventType
    | event_types.ListEventTypes
    | event_types.ShowEventType
    | event_types.DeleteEventType
    | bookings.CreateBooking
    | bookings.ListBookings
    | bookings.ShowBooking
    | bookings.ConfirmBooking
    | bookings.DeclineBooking
    | bookings.CancelBooking
    | bookings.RescheduleBooking
    | reassign.ReassignBooking
    | bookings.AddGuest
    | bookings.RemoveGuest
    | invites.CreateInvites
    | invites.ListInvites
    | invites.RevokeInvites
    | invites.SendInvites
    | calendars.ListCalendars
    | calendars.ImportObjects
    | calendars.ExportObjects
    | mails.ListMails
    | mails.SendMails
    | jobs.ShowJobs
    | check.Check
    | backups.MakeBackup
)


def _table(*rows: Mapping[type[msgspec.Struct], Handler]) -> Mapping[type[msgspec.Struct], Handler]:
    return {kind: handler for row in rows for kind, handler in row.items()}


def _row(
    kind: type[R], handler: Callable[[Ports, R], Awaitable[object]]
) -> Mapping[type[msgspec.Struct], Handler]:
    # The key is the type of what the handler gets, which a mapping's type cannot say.
    return {kind: cast(Handler, handler)}


HANDLERS = _table(
    _row(hosts.AddHost, hosts.add_host),
    _row(hosts.SetHost, hosts.set_host),
    _row(hosts.ListHosts, hosts.list_hosts),
    _row(hosts.RenewPassword, hosts.renew_password),
    _row(hosts.DisableHost, hosts.disable_host),
    _row(hosts.AskFeedLinks, hosts.feed_links),
    _row(hosts.ShowHost, hosts.show_host),
    _row(teams.CreateTeam, teams.create_team),
    _row(teams.EditTeam, teams.edit_team),
    _row(teams.ListTeams, teams.list_teams),
    _row(teams.ShowTeam, teams.show_team),
    _row(teams.DisableTeam, teams.disable_team),
    _row(teams.AddMember, teams.add_member),
    _row(teams.EditMember, teams.edit_member),
    _row(teams.RemoveMember, teams.remove_member),
    _row(teams.ListMembers, teams.list_members),
    _row(away.AddAway, away.add_away),
    _row(away.ListAway, away.list_away),
    _row(away.RemoveAway, away.remove_away),
    _row(away.TakeHolidays, away.take_holidays),
    _row(away.ListHolidays, away.list_holidays),
    _row(away.ClearHolidays, away.clear_holidays),
    _row(api_keys.MakeApiKey, api_keys.make_api_key),
    _row(api_keys.ListApiKeys, api_keys.list_api_keys),
    _row(api_keys.RevokeApiKey, api_keys.revoke_api_key),
    _row(app_passwords.MakeAppPassword, app_passwords.make_app_password),
    _row(app_passwords.ListAppPasswords, app_passwords.list_app_passwords),
    _row(app_passwords.RevokeAppPassword, app_passwords.revoke_app_password),
    _row(event_types.CreateEventType, event_types.create_event_type),
    _row(event_types.EditEventType, event_types.edit_event_type),
    _row(event_types.ListEventTypes, event_types.list_event_types),
    _row(event_types.ShowEventType, event_types.show_event_type),
    _row(event_types.DeleteEventType, event_types.delete_event_type),
    _row(bookings.CreateBooking, bookings.create_booking),
    _row(bookings.ListBookings, bookings.list_bookings),
    _row(bookings.ShowBooking, bookings.show_booking),
    _row(bookings.ConfirmBooking, bookings.confirm_booking),
    _row(bookings.DeclineBooking, bookings.decline_booking),
    _row(bookings.CancelBooking, bookings.cancel_booking),
    _row(bookings.RescheduleBooking, bookings.reschedule_booking),
    _row(reassign.ReassignBooking, reassign.reassign_booking),
    _row(bookings.AddGuest, bookings.add_guest),
    _row(bookings.RemoveGuest, bookings.remove_guest),
    _row(invites.CreateInvites, invites.create_invites),
    _row(invites.ListInvites, invites.list_invites),
    _row(invites.RevokeInvites, invites.revoke_invites),
    _row(invites.SendInvites, invites.send_invites),
    _row(calendars.ListCalendars, calendars.list_calendars),
    _row(calendars.ImportObjects, calendars.import_objects),
    _row(calendars.ExportObjects, calendars.export_objects),
    _row(mails.ListMails, mails.list_mails),
    _row(mails.SendMails, mails.send_mails),
    _row(jobs.ShowJobs, jobs.show_jobs),
    _row(check.Check, check.check),
    _row(backups.MakeBackup, backups.make_backup),
)


async def run(ports: Ports, request: Request) -> object:
    """Carry `request` out and return its result as plain values."""
    result = await HANDLERS[type(request)](ports, request)
    return cast(object, msgspec.to_builtins(result))
