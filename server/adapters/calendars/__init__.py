"""The calendars of all homes in Radicale's storage, in this process."""

from server.adapters.calendars.radicale import RadicaleCalendars
from server.adapters.calendars.transfers import RadicaleTransfers

__all__ = ["RadicaleCalendars", "RadicaleTransfers"]
