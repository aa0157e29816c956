"""Dates as sources give them: a year, a month or a day, as ISO text."""

from __future__ import annotations

import datetime
import re

DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
"""YYYY, YYYY-MM or YYYY-MM-DD."""


def last_day(date: str) -> str:
    """The last day that a date may mean, as sortable text: 2024 is 2024-12-31."""
    return date + {4: "-12-31", 7: "-31"}.get(len(date), "")


def first_day(date: str) -> str:
    """The first day that a date may mean, as sortable text; "" for none."""
    return (date + "-01-01")[:10] if date else ""


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day that there is."""
    if not DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
