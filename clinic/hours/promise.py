"""What we can say about time to somebody who wrote to us at a given instant."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clinic.hours.errors import HoursError
from clinic.hours.schedule import Schedule
from clinic.languages import Locale


@dataclass(frozen=True, slots=True)
class Promise:
    """All instants are aware datetimes in UTC, judged at `received_at`: told again tomorrow it is the same story.

    received_at   when the enquiry came in
    open_now      whether the clinic was open at that instant (at closing time it is closed)
    closes_at     when it closes; None when it was closed, or stays open for the next 400 days
    next_opening  closed: when it opens again. Open: when it opens again after `closes_at`; `received_at` itself when it
                  never closes or does not open again within 400 days
    reply_by      when a reply is due
    reason        why it was closed, when there is a particular reason ("Boxing Day"); see Schedule.reason
    timezone      the clinic's zone, for saying any of this
    """

    received_at: datetime
    open_now: bool
    closes_at: datetime | None
    next_opening: datetime
    reply_by: datetime
    reason: str | None
    timezone: ZoneInfo


def promise(schedule: Schedule, received_at: datetime, *, locale: Locale = "en") -> Promise:
    """The promise for an enquiry received at an aware instant; `locale` is the language of the reason.

    Raises HoursError when the clinic is not open for long enough within 400 days to keep any promise.
    """
    received_at = received_at.astimezone(UTC) if received_at.tzinfo else received_at
    closes_at = schedule.closes_at(received_at)
    opening = schedule.next_opening(received_at)
    if opening is None:
        raise HoursError(f"the clinic does not open within 400 days of {received_at:%Y-%m-%d}")
    open_now = opening == received_at
    if open_now and closes_at is not None:
        opening = schedule.next_opening(closes_at) or received_at
    reason = None if open_now else schedule.reason(received_at)
    return Promise(
        received_at=received_at,
        open_now=open_now,
        closes_at=closes_at,
        next_opening=opening,
        reply_by=schedule.reply_by(received_at),
        reason=schedule.facts.note_in(reason, locale) if reason else None,
        timezone=schedule.timezone,
    )
