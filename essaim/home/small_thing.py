"""One small thing to do today, or nothing: chosen from what is known of a member. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CARD_KEEPS = timedelta(days=365)
HELP_HAPPENED_BY_NOW = timedelta(days=7)
LONG_WITHOUT_A_NEED = timedelta(days=60)


class Thing(StrEnum):
    FILL_CARD = "fill_card"
    PLEDGE = "pledge"
    THANK = "thank"
    CLAIM = "claim"
    CONFIRM_CARD = "confirm_card"
    SAY_HELLO = "say_hello"
    TELL_NEED = "tell_need"


@dataclass(frozen=True)
class Known:
    """Of one member, at one moment."""

    lends: int = 0
    pledged: bool = False
    card_confirmed_at: datetime | None = None
    last_need_at: datetime | None = None
    to_thank: bool = False
    oldest_agreed_at: datetime | None = None
    newcomers: int = 0


def pick(known: Known, now: datetime) -> Thing | None:
    """People first, then one's own card, then oneself; never two things at once."""
    choices = (
        (Thing.FILL_CARD, not known.lends),
        (Thing.PLEDGE, not known.pledged),
        (Thing.THANK, known.to_thank),
        (Thing.CLAIM, _older(known.oldest_agreed_at, HELP_HAPPENED_BY_NOW, now)),
        (Thing.CONFIRM_CARD, _older(known.card_confirmed_at, CARD_KEEPS, now)),
        (Thing.SAY_HELLO, known.newcomers > 0),
        (Thing.TELL_NEED, not _recent(known.last_need_at, LONG_WITHOUT_A_NEED, now)),
    )
    return next((thing for thing, holds in choices if holds), None)


def _older(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and moment <= now - span


def _recent(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and moment > now - span
