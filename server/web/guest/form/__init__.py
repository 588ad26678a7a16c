"""The booking form: its ticket, and what it shows."""
