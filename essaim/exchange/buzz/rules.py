"""Who may do what in a Buzz."""

from typing import Any

from essaim.exchange.models import (
    Buzz,
    BuzzPresence,
    BuzzTurn,
    Consent,
    NeedAudience,
    NeedState,
)
from essaim.hubs.rules import hosts_hub


def may_run(person: Any, buzz: Buzz) -> bool:
    """Rings the bell, gives the turn, ends the Buzz."""
    return hosts_hub(person, buzz.hub_id)


def may_type(person: Any, buzz: Buzz) -> bool:
    """Types what others say: the scribe, and the hosts."""
    return person.pk == buzz.scribe_id or may_run(person, buzz)


def may_type_in(person: Any, turn: BuzzTurn) -> bool:
    """One's own words, or as scribe everybody's."""
    return person.pk == turn.person_id or may_type(person, turn.buzz)


def may_be_relayed(turn: BuzzTurn) -> bool:
    """Its author lets it out of the hive, and it still looks for an answer."""
    need = turn.need
    if need is None or need.audience != NeedAudience.NETWORK:
        return False
    live = (NeedState.DRAFT, NeedState.OPEN, NeedState.IN_HAND)
    return turn.consent in (Consent.AFTER, Consent.AT_ONCE) and need.state in live


def is_in_room(person: Any, buzz: Buzz) -> bool:
    return BuzzPresence.objects.filter(buzz=buzz, person_id=person.pk).exists()
