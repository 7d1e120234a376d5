"""Several processes that act at the same moment, as `python -m` by the tests of concurrency.

Each list of deeds of the argument is done by a process of its own, which prints what came of it.
They part once everything is imported and nothing is connected: eight that each start Django spend
ten seconds of processor before their first deed.
"""

import json
import os
import sys
import traceback
from datetime import datetime
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connections, transaction  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils import timezone  # noqa: E402

from essaim.core import journal  # noqa: E402
from essaim.core.refusals import Refusal  # noqa: E402
from essaim.exchange import desk  # noqa: E402
from essaim.exchange.actions import (  # noqa: E402
    asks,
    buzz,
    buzz_after,
    buzz_hands,
    buzz_words,
    choices,
    encounters,
    escalation,
    friday,
    introductions,
    ledger,
    missions,
    needs,
    rounds,
    silences,
)
from essaim.exchange.actions import help as help_actions  # noqa: E402
from essaim.exchange.models import (  # noqa: E402
    Account,
    Ask,
    Buzz,
    BuzzTurn,
    EncounterPlace,
    EncounterRound,
    FridayBatch,
    HelpExchange,
    Introduction,
    Need,
    Outcome,
    Silence,
    SilenceAnswer,
    Transfer,
    TransferKind,
)
from essaim.hubs.models import Hub  # noqa: E402
from essaim.people.models import Person  # noqa: E402


def accept(pk: str) -> None:
    ask = Ask.objects.select_related("helper", "need").get(pk=pk)
    asks.accept_ask(ask=ask, by=ask.helper)


def decline(pk: str) -> None:
    ask = Ask.objects.select_related("helper", "need").get(pk=pk)
    asks.decline_ask(ask=ask, by=ask.helper)


def expire(moment: str) -> None:
    asks.expire_asks(datetime.fromisoformat(moment))


def say(words: str) -> None:
    """A word after a silence."""
    pk, word = words.split()
    silence = Silence.objects.select_related("person").get(pk=pk)
    silences.answer_silence(silence=silence, answer=SilenceAnswer(word), by=silence.person)


def publish(pk: str) -> None:
    need = Need.objects.select_related("author", "hub").get(pk=pk)
    needs.publish_need(need=need, by=need.author)


def confirm(pk: str) -> None:
    exchange = HelpExchange.objects.select_related("receiver").get(pk=pk)
    help_actions.confirm_help(exchange=exchange, by=exchange.receiver)


def dispute(pk: str) -> None:
    exchange = HelpExchange.objects.select_related("receiver").get(pk=pk)
    help_actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)


def escalate(words: str) -> None:
    pk, moment = words.split()
    escalation.take_step(need_id=UUID(pk), now=datetime.fromisoformat(moment))


class OneDesk:
    """A desk of a partner that writes down what it takes."""

    name = "Le guichet"

    def take(self, need: Need) -> None:
        journal.record("desk_took", need, by=None, hub_id=need.hub_id)


def escalate_past_a_desk(words: str) -> None:
    desk.FINDERS[:] = [lambda need: OneDesk()]
    escalate(words)


def let_desk(pk: str) -> None:
    desk.FINDERS[:] = [lambda need: OneDesk()]
    need = Need.objects.select_related("author", "hub").get(pk=pk)
    choices.allow_desk(need=need, by=need.author)


def welcome(words: str) -> None:
    pk, by = words.split()
    introductions.welcome(introduction=_introduction(pk), by=Person.objects.get(pk=by))


def make_introduction(words: str) -> None:
    pk, by = words.split()
    introductions.make_introduction(introduction=_introduction(pk), by=Person.objects.get(pk=by))


def withdraw_introduction(words: str) -> None:
    pk, by = words.split()
    introductions.withdraw_introduction(
        introduction=_introduction(pk), by=Person.objects.get(pk=by)
    )


def _introduction(pk: str) -> Introduction:
    return Introduction.objects.select_related("need__hub", "asker", "introducer", "whom").get(
        pk=pk
    )


def offer_introduction(words: str) -> None:
    need, by = words.split()
    introductions.offer_introduction(need=Need.objects.get(pk=need), by=Person.objects.get(pk=by))


def choose_mission(words: str) -> None:
    pk, by = words.split()
    missions.choose_mission(exchange=HelpExchange.objects.get(pk=pk), by=Person.objects.get(pk=by))


def keep_as_help(words: str) -> None:
    pk, by = words.split()
    missions.keep_as_help(exchange=HelpExchange.objects.get(pk=pk), by=Person.objects.get(pk=by))


def keep(pk: str) -> None:
    need = Need.objects.select_related("author", "hub").get(pk=pk)
    choices.keep_need(need=need, by=need.author)


def end(pk: str) -> None:
    need = Need.objects.select_related("author", "hub").get(pk=pk)
    choices.end_need(need=need, by=need.author, outcome=Outcome.NO_RESULT)


def volunteer(words: str) -> None:
    pk, by = words.split()
    asks.volunteer(need=Need.objects.get(pk=pk), by=Person.objects.get(pk=by))


def gift(words: str) -> None:
    """Transfers one quarter between two accounts, as many times as told."""
    payer, payee, key, times = words.split()
    accounts = Account.objects.in_bulk([payer, payee])
    for number in range(int(times)):
        with transaction.atomic():
            ledger.transfer(
                payer=accounts[UUID(payer)],
                payee=accounts[UUID(payee)],
                minutes=15,
                kind=TransferKind.GIFT,
                key=f"{key}:{number}",
                by=None,
            )


def correct(words: str) -> None:
    pk, host = words.split()
    row = Transfer.objects.select_related("payer", "payee", "exchange").get(pk=pk)
    ledger.correct(
        transfer=row, minutes=30, by=Person.objects.get(pk=host), reason=ledger.Reason.MINUTES
    )


def close(pk: str) -> None:
    ledger.close_account(account=Account.objects.select_related("hub").get(pk=pk), by=None)


def pool(words: str) -> None:
    pk, key = words.split()
    account = Account.objects.select_related("person", "hub").get(pk=pk)
    assert account.person is not None
    assert account.hub is not None
    ledger.give_to_pool(
        giver=account.person, hub=account.hub, minutes=15, key=key, by=account.person
    )


def propose(words: str) -> None:
    """Asks a giver for a hand."""
    giver, receiver = (Person.objects.get(pk=pk) for pk in words.split())
    help_actions.propose_help(
        giver=giver, receiver=receiver, title="Relire", minutes=15, by=receiver
    )


def choose(words: str) -> None:
    """Ticks moments of an encounter, as told."""
    pk, numbers = words.split()
    place = EncounterPlace.objects.select_related("person", "encounter").get(pk=pk)
    encounters.choose_moments(
        place=place, numbers=[int(number) for number in numbers], turn=1, by=place.person
    )


def met(pk: str) -> None:
    place = EncounterPlace.objects.select_related("person", "encounter").get(pk=pk)
    encounters.tell_met(place=place, anyway=False, useful=5, by=place.person)


def send_round(pk: str) -> None:
    found = EncounterRound.objects.select_related("hub").get(pk=pk)
    rounds.send_round(found=found, now=timezone.now())


def draw_round(pk: str) -> None:
    rounds.draw_round(hub=Hub.objects.get(pk=pk), by=None)


def draft_batch(words: str) -> None:
    hub, by = words.split()
    friday.draft_batch(hub=Hub.objects.get(pk=hub), by=Person.objects.get(pk=by))


def send_batch(words: str) -> None:
    pk, by, seen = words.split()
    friday.send_batch(
        batch=FridayBatch.objects.get(pk=pk), seen=int(seen), by=Person.objects.get(pk=by)
    )


def move_ask(words: str) -> None:
    pk, need, helper, by = words.split()
    friday.choose_person(
        batch=FridayBatch.objects.get(pk=pk),
        need=Need.objects.get(pk=need),
        helper=Person.objects.get(pk=helper),
        by=Person.objects.get(pk=by),
    )


def start_buzz(words: str) -> None:
    hub, by = words.split()
    buzz.start_buzz(hub=Hub.objects.get(pk=hub), by=Person.objects.get(pk=by))


def join_buzz(words: str) -> None:
    pk, by = words.split()
    buzz.join_buzz(buzz=Buzz.objects.get(pk=pk), by=Person.objects.get(pk=by))


def give_turn(words: str) -> None:
    pk, by, after = words.split()
    buzz.give_turn(buzz=Buzz.objects.get(pk=pk), by=Person.objects.get(pk=by), after=UUID(after))


def raise_hand(words: str) -> None:
    pk, by = words.split()
    turn = BuzzTurn.objects.select_related("buzz").get(pk=pk)
    buzz_hands.raise_hand(turn=turn, by=Person.objects.get(pk=by))


def relay_need(pk: str) -> None:
    turn = BuzzTurn.objects.select_related("buzz", "person").get(pk=pk)
    buzz_hands.relay_need(turn=turn, by=turn.person)


def note_news(words: str) -> None:
    pk, by, key = words.split()
    buzz_words.note(
        buzz=Buzz.objects.get(pk=pk),
        kind="news",
        text="On a signé",
        by=Person.objects.get(pk=by),
        key=UUID(key),
    )


def close_buzz(words: str) -> None:
    """And the worker does at once what it does after."""
    pk, by = words.split()
    buzz.close_buzz(buzz=Buzz.objects.get(pk=pk), by=Person.objects.get(pk=by))
    buzz_after.send_minutes(buzz_id=UUID(pk))


DEEDS = {
    deed.__name__: deed
    for deed in (
        accept, decline, publish, confirm, dispute, gift, correct, close, pool, escalate, propose,
        choose, met, send_round, draw_round, start_buzz, join_buzz, give_turn, raise_hand,
        relay_need, note_news, close_buzz, expire, say, draft_batch, send_batch, move_ask,
        escalate_past_a_desk, let_desk, keep, end, volunteer,
        welcome, make_introduction, withdraw_introduction, offer_introduction,
        choose_mission, keep_as_help,
    )
}  # fmt: skip


def main() -> None:
    get_resolver().url_patterns  # noqa: B018  (loads what the first deed would load)
    closed_at_start, start = os.pipe()
    children = [_part(deeds, closed_at_start, start) for deeds in json.loads(sys.argv[1])]
    os.close(start)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.exit(codes != [0] * len(codes))


def _part(deeds: list[tuple[str, str]], closed_at_start: int, start: int) -> int:
    """A child waits until nobody holds the other end: all are there, and all are let go."""
    if child := os.fork():
        return child
    code = 1
    try:
        os.close(start)
        os.read(closed_at_start, 1)
        came = [_done(deed, words) for deed, words in deeds]
        connections.close_all()
        os.write(sys.stdout.fileno(), "".join(f"{each}\n" for each in came).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def _done(deed: str, words: str) -> str:
    try:
        DEEDS[deed](words)
    except Refusal as refusal:
        return type(refusal).__name__
    return "done"


if __name__ == "__main__":
    main()
