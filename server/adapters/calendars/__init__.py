"""The calendars of all homes in Radicale's storage, in this process."""

from server.adapters.calendars.radicale import RadicaleCalendars

__all__ = ["RadicaleCalendars"]
