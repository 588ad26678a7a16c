"""Whole calendars: which there are, and what goes in and out."""
