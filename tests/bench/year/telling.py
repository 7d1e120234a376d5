"""Needs told from a phone on any day, and at the Buzz on Friday."""

from itertools import pairwise

from essaim.exchange.actions import buzz as actions
from essaim.exchange.actions import buzz_hands, buzz_words, friday, needs
from essaim.exchange.models import Buzz, BuzzTurn, Consent, FridayBatch, Need
from tests.bench.year.answering import hears, willing_hands
from tests.bench.year.assumed import IN_THE_ROOM, SPOKEN
from tests.bench.year.hive import Member
from tests.bench.year.life import Life

ALOUD = "friday_bell"


def tell_need(life: Life) -> None:
    """On a phone: a sentence, and the people shown are asked."""
    here = life.hive.here(life.today)
    if not here:
        return
    author, said = life.somebody(here), life.told.pop()
    wanted = [life.hive.skills[code] for code in said.skills if code in life.hive.skills]
    need = needs.draft_need(
        by=author.person, text=said.text, title=said.title[:120], urgency=said.urgency,
        minutes=said.minutes, skills=wanted if life.chance(life.assumed.ticks) else None,
    )  # fmt: skip
    life.truth[need.pk] = said
    life.attempt(needs.publish_need, need=need, by=author.person)
    life.news()


def send_asks_of_friday(life: Life) -> None:
    """The host reads what the duty of the morning prepared, and sends it as it is."""
    for batch in FridayBatch.objects.waiting().filter(hub=life.hive.hub):
        life.attempt(friday.send_batch, batch=batch, seen=batch.changes, by=life.hive.host)
    life.news()


def hold_buzz(life: Life) -> None:
    """Half past twelve: who is there joins, some of them say a need, hands are raised."""
    here = life.hive.here(life.today)
    room = life.pick(here, round(len(here) * IN_THE_ROOM))
    if not room:
        return
    host = life.hive.host
    buzz = actions.start_buzz(hub=life.hive.hub, by=host)
    for member in room:
        actions.join_buzz(buzz=buzz, by=member.person)
    speakers = life.pick(room, round(SPOKEN * len(here) / 100 * life.assumed.told))
    turns = {turn.person_id: turn for turn in BuzzTurn.objects.filter(buzz=buzz)}
    order = [turns[member.person.pk] for member in speakers]
    for before, turn in pairwise([None, *order]):
        if turn is not None:
            _speak(life, buzz, turn, before, room)
    for need in _to_read_aloud(life):
        hears(life, need, room)
    life.news()
    actions.close_buzz(buzz=buzz, by=host)


def _speak(
    life: Life, buzz: Buzz, turn: BuzzTurn, before: BuzzTurn | None, room: list[Member]
) -> None:
    life.clock.go_on(minutes=2)
    speaker = life.hive.members[turn.person_id].person
    actions.give_turn(buzz=buzz, by=life.hive.host, turn=turn, after=before.pk if before else None)
    said = life.told.pop()
    turn.refresh_from_db()
    buzz_words.type_need(turn=turn, text=said.text, version=1, by=speaker)
    turn.refresh_from_db()
    if turn.need is None:
        return
    life.truth[turn.need.pk] = said
    for member in willing_hands(life, turn.need.pk, speaker.pk, room):
        life.attempt(buzz_hands.raise_hand, turn=turn, by=member.person)
    life.attempt(buzz_words.give_consent, turn=turn, consent=Consent.AT_ONCE, by=speaker)
    life.news()


def _to_read_aloud(life: Life) -> list[Need]:
    rows = Need.objects.open().filter(hub=life.hive.hub, steps__action=ALOUD)
    return list(rows.select_related("author", "hub").order_by("pk"))
