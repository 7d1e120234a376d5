from datetime import UTC, datetime, timedelta

import pytest

from essaim.home.small_thing import Known, Thing, pick

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TOLD = NOW - timedelta(days=3)
SETTLED = {"lends": 2, "pledged": True, "card_confirmed_at": TOLD, "last_need_at": TOLD}


@pytest.mark.parametrize(
    ("known", "thing"),
    [
        ({}, None),
        ({"lends": 0, "pledged": False, "to_thank": True}, Thing.FILL_CARD),
        ({"pledged": False, "to_thank": True}, Thing.PLEDGE),
        ({"to_thank": True, "newcomers": 2}, Thing.THANK),
        ({"oldest_agreed_at": NOW - timedelta(days=7), "newcomers": 1}, Thing.CLAIM),
        ({"oldest_agreed_at": NOW - timedelta(days=6)}, None),
        ({"card_confirmed_at": NOW - timedelta(days=365)}, Thing.CONFIRM_CARD),
        ({"card_confirmed_at": NOW - timedelta(days=364)}, None),
        ({"newcomers": 1, "last_need_at": None}, Thing.SAY_HELLO),
        ({"last_need_at": None}, Thing.TELL_NEED),
        ({"last_need_at": NOW - timedelta(days=60)}, Thing.TELL_NEED),
    ],
)
def test_one_thing_is_picked_and_sometimes_none(
    known: dict[str, object], thing: Thing | None
) -> None:
    assert pick(Known(**(SETTLED | known)), NOW) == thing  # type: ignore[arg-type]
