"""What happens to a need that nobody answers: which step, after how long. Pure.

The delays in force are copied onto the need when it is published and never change for it. Each is
counted in the hub's working time from the moment the step before was taken, so that a worker that
slept for a day does not send two waves at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from essaim.exchange.models import BOARD_LEVEL, EscalationStep, Need, NeedState, Urgency
from essaim.exchange.working_hours import WorkingDay, after_working_time
from essaim.hubs.models import Hub

SECOND_WAVE = "second_wave"
HOST_QUEUE = "host_queue"
HOST_REMINDER = "host_reminder"
PARTNER_DESK = "partner_desk"
NETWORK_BOARD = "network_board"
# No step of the ladder: a yes that still has no date.
NO_DATE = "no_date"

# What an author answered, each followed by its number: the question is no longer put.
ANSWERS = ("kept_", "reworded_", "widened_")

# How long a need lives before its author is asked whether to keep it.
LIFE = timedelta(days=14)
# How long it stays on the board of the network at least, whatever was left of its life.
ON_BOARD = timedelta(days=7)
HOUR = 1.0
CLOSING = timedelta(minutes=15)
DAY = 9.0  # a working day, in working hours
# How long a yes may stand without a date before both are asked for one.
DATE_WITHIN = timedelta(hours=3 * DAY)

# Steps of brain-time: level, action, working hours after the step before, by urgency.
LADDER: dict[str, tuple[tuple[int, str, float], ...]] = {
    Urgency.NOW: (
        (2, SECOND_WAVE, 2 * HOUR),
        (3, HOST_QUEUE, 4 * HOUR),
        (3, HOST_REMINDER, 1 * DAY),
        (4, PARTNER_DESK, 1 * DAY),
        (BOARD_LEVEL, NETWORK_BOARD, 2 * DAY),
    ),
    Urgency.WEEK: (
        (2, SECOND_WAVE, 1 * DAY),
        (3, HOST_QUEUE, 2 * DAY),
        (3, HOST_REMINDER, 1 * DAY),
        (4, PARTNER_DESK, 4 * DAY),
        (BOARD_LEVEL, NETWORK_BOARD, 7 * DAY),
    ),
    Urgency.MONTH: (
        (2, SECOND_WAVE, 2 * DAY),
        (3, HOST_QUEUE, 5 * DAY),
        (3, HOST_REMINDER, 1 * DAY),
        (4, PARTNER_DESK, 8 * DAY),
        (BOARD_LEVEL, NETWORK_BOARD, 14 * DAY),
    ),
}


@dataclass(frozen=True)
class Step:
    level: int
    action: str
    after: timedelta


def policy_for(urgency: str) -> dict[str, Any]:
    """What is frozen on a need when it is published."""
    return {
        "steps": [
            {"level": level, "action": action, "hours": hours}
            for level, action, hours in LADDER[urgency]
        ]
    }


def steps_of(need: Need) -> list[Step]:
    return [
        Step(step["level"], step["action"], timedelta(hours=step["hours"]))
        for step in need.policy.get("steps", ())
    ]


def next_step(need: Need, taken: Collection[str]) -> Step | None:
    """The first step of the need's own ladder that was not taken yet."""
    return next((step for step in steps_of(need) if step.action not in taken), None)


def last_step(need: Need) -> Step | None:
    steps = steps_of(need)
    return steps[-1] if steps else None


def is_at_rest(hub: Hub, now: datetime) -> bool:
    """At night and on holidays nobody is asked: what fell due meanwhile waits for the morning.

    What falls due at closing time is still done, by a worker that comes by a little later.
    """
    day = working_day(hub)
    moments = (now, now - CLOSING)
    return all(after_working_time(moment, timedelta(0), day) > moment for moment in moments)


def time_is_over(need: Need, now: datetime) -> bool:
    """Nothing more is done for it until its author says whether to keep it."""
    over = need.expires_at is not None and need.expires_at <= now
    return over and need.state == NeedState.OPEN


def waits_for_author(need: Need, steps: Iterable[EscalationStep], now: datetime) -> bool:
    """Its time is over, or it came to the end of the ladder, and its author has not said since
    what becomes of it."""
    if need.state != NeedState.OPEN:
        return False
    if time_is_over(need, now):
        return True
    steps = list(steps)
    ends = [step.at for step in steps if step.action == NETWORK_BOARD]
    answered = [step.at for step in steps if step.action.startswith(ANSWERS)]
    return bool(ends) and all(at < ends[0] for at in answered)


def step_after(need: Need, action: str | None) -> Step | None:
    """The step that follows `action` (None: the first one), or None at the end of the ladder."""
    steps = steps_of(need)
    if action is None:
        return steps[0] if steps else None
    actions = [step.action for step in steps]
    following = actions.index(action) + 1
    return steps[following] if following < len(steps) else None


def due_at(step: Step | None, *, since: datetime, hub: Hub) -> datetime | None:
    if step is None:
        return None
    return after_working_time(since, step.after, working_day(hub))


def first_step_at(need: Need, now: datetime) -> datetime | None:
    """When the second wave leaves if nobody says yes; `need.policy` is already frozen."""
    return due_at(step_after(need, None), since=now, hub=need.hub)


def date_wanted_by(hub: Hub, *, agreed_at: datetime) -> datetime:
    return after_working_time(agreed_at, DATE_WITHIN, working_day(hub))


def working_day(hub: Hub) -> WorkingDay:
    return WorkingDay(hub.time_zone, hub.working_from, hub.working_to)
