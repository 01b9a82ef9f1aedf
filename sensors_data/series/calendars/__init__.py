"""Calendars of planned work and of days that are not like others, as iCalendar files."""
