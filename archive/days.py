"""Days in China, by which reports are published and owed; moments are kept in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""China has one time and no summer time since 1992 (IANA time zone database, Asia/Shanghai)."""


def day_in_china(moment: datetime) -> date:
    """The day in China, where deadlines end, of a moment; one that names no zone is in UTC (RFC 9110 §8.8.2)."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(CHINA).date()
