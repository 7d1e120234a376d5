"""What the pages of a Buzz show when they are drawn; from then on events keep them true.

The number of the last event is read first: what happens while the page is drawn is told again, and
every event says how things stand, not what to add.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from essaim.exchange.buzz.cards import COMING, Facts, person_facts
from essaim.exchange.buzz.listening import PREFIX
from essaim.exchange.buzz.minutes import Record, last_record
from essaim.exchange.buzz.rules import may_be_relayed, may_run, may_type
from essaim.exchange.models import (
    Buzz,
    BuzzHand,
    BuzzNote,
    BuzzRelay,
    BuzzState,
    BuzzTurn,
    HandState,
    TurnState,
)
from essaim.people.models import Person

NOTES = 6
DOWN = (HandState.LOWERED, HandState.REFUSED)
# What the template of a face is drawn from, for the script to copy.
NOBODY: Facts = {
    "id": "", "name": "", "given": "", "initials": "", "tone": 0, "photo": "", "venture": "",
    "hub": "", "said": "",
}  # fmt: skip


@dataclass
class Said:
    """A need that was said, here or in another hive, and the hands raised for it."""

    turn: BuzzTurn
    hands: list[Person] = field(default_factory=list)
    # Of the one who looks at the page.
    mine: str = ""
    hub: str = ""

    @property
    def text(self) -> str:
        return self.turn.need.text if self.turn.need else ""


@dataclass(frozen=True)
class Stage:
    buzz: Buzz
    number: int
    present: int
    waiting: int
    coming: list[str]
    speaking: BuzzTurn | None
    speaker: Facts | None
    here: list[Facts]
    there: list[Facts]
    said: list[Said]
    relayed: list[Said]
    notes: list[BuzzNote]
    promises: int
    hives: int
    record: Record | None
    my_turn: BuzzTurn | None
    am_there: bool
    runs: bool
    types: bool

    @property
    def now(self) -> Said | None:
        """The need of the one who speaks, if any was typed."""
        return next((said for said in self.said if said.turn == self.speaking), None)

    @property
    def now_text(self) -> str:
        return self.now.text if self.now else ""

    @property
    def now_hands(self) -> list[Person]:
        return self.now.hands if self.now else []

    @property
    def now_mine(self) -> str:
        return self.now.mine if self.now else ""

    @property
    def now_turn(self) -> str:
        return str(self.speaking.pk) if self.speaking else ""

    @property
    def speaker_id(self) -> str:
        return str(self.speaking.person_id) if self.speaking else ""

    @property
    def now_size(self) -> str:
        """As the script says it: the shorter the sentence, the larger on the wall."""
        length = len(self.now_text)
        return "large" if length < 60 else "middle" if length < 150 else "small"

    @property
    def floor_is_mine(self) -> bool:
        return self.speaking is not None and self.speaking == self.my_turn

    @property
    def before(self) -> list[Said]:
        """What was said in the turns that are over."""
        return [said for said in self.said if said.turn != self.speaking]

    @property
    def live(self) -> bool:
        return self.buzz.state in (BuzzState.RINGING, BuzzState.RUNNING)


def stage_of(buzz: Buzz, person: Person) -> Stage:
    turns = list(buzz.turns.select_related("person", "need").order_by("position"))
    waiting = [turn for turn in turns if turn.state == TurnState.WAITING]
    speaking = next((turn for turn in turns if turn.state == TurnState.SPEAKING), None)
    here, there = _helpers(buzz, speaking)
    relayed = _relayed(buzz)
    hands = _hands([*turns, *relayed])
    return Stage(
        buzz=buzz,
        number=buzz.last_event,
        present=buzz.presences.count(),
        waiting=len(waiting),
        coming=[turn.person.given_name for turn in waiting[:COMING]],
        speaking=speaking,
        speaker=person_facts(speaking.person) if speaking else None,
        here=here,
        there=there,
        said=[_said(turn, hands, person) for turn in turns if turn.need is not None],
        relayed=[_said(turn, hands, person, elsewhere=True) for turn in relayed],
        notes=list(buzz.notes.select_related("person").order_by("-said_at", "pk")[:NOTES]),
        promises=buzz.promises.count(),
        hives=Buzz.objects.live().count(),
        record=last_record(buzz.hub),
        my_turn=next((turn for turn in reversed(turns) if turn.person_id == person.pk), None),
        am_there=buzz.presences.filter(person=person).exists(),
        runs=may_run(person, buzz),
        types=may_type(person, buzz),
    )


def _relayed(buzz: Buzz) -> list[BuzzTurn]:
    """Told here, and still to be told: an author may have taken it back since."""
    relays = BuzzRelay.objects.filter(to=buzz).select_related(
        "turn__person", "turn__need", "turn__buzz__hub"
    )
    return [relay.turn for relay in relays.order_by("-at", "pk") if may_be_relayed(relay.turn)]


def _helpers(buzz: Buzz, speaking: BuzzTurn | None) -> tuple[list[Facts], list[Facts]]:
    """As they were last told for the need being said."""
    last = buzz.events.filter(kind="helpers").order_by("-number").first() if speaking else None
    if last is None or speaking is None or last.facts["turn"] != str(speaking.pk):
        return [], []
    return _in_language(last.facts["here"]), _in_language(last.facts["there"])


def _in_language(cards: list[Facts]) -> list[Facts]:
    language = "en" if get_language() == "en" else "fr"
    return [card | {"said": card["why"][language]} for card in cards]


def _hands(turns: list[BuzzTurn]) -> dict[UUID, list[BuzzHand]]:
    found: dict[UUID, list[BuzzHand]] = {}
    rows = BuzzHand.objects.filter(turn__in=[turn.pk for turn in turns]).exclude(state__in=DOWN)
    for hand in rows.select_related("person").order_by("raised_at", "pk"):
        found.setdefault(hand.turn_id, []).append(hand)
    return found


def _said(
    turn: BuzzTurn, hands: dict[UUID, list[BuzzHand]], person: Person, *, elsewhere: bool = False
) -> Said:
    raised = hands.get(turn.pk, [])
    mine = next((hand.state for hand in raised if hand.person_id == person.pk), "")
    hub = turn.buzz.hub.name if elsewhere else ""
    return Said(turn, [hand.person for hand in raised], mine, hub)


def live_url(request: HttpRequest, buzz: Buzz) -> str:
    """Where this browser listens: the same host it came to, or the same site behind a proxy."""
    path = f"{PREFIX}{buzz.pk}/"
    if settings.BEHIND_PROXY:
        return path
    if not settings.LIVE_PORT:
        return ""
    return f"{live_origin(request)}{path}"


def live_origin(request: HttpRequest) -> str:
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if host.rpartition("]")[2].count(":") else host
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}"


def addresses(request: HttpRequest, buzz: Buzz) -> dict[str, Any]:
    return {
        "live_url": live_url(request, buzz),
        "news_url": reverse("exchange:buzz_news", args=[buzz.pk]),
    }
