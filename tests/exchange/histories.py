"""Random histories of two hives, written as rows."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from essaim.exchange.actions import ledger
from essaim.exchange.models import (
    Ask,
    AskState,
    Buzz,
    BuzzPresence,
    BuzzPromise,
    BuzzState,
    Encounter,
    EncounterPlace,
    EncounterRound,
    EncounterState,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Pledge,
    PromiseState,
    RoundState,
    Thanks,
    Transfer,
    TransferKind,
)
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Affiliation, Person, PersonState, Venture
from tests.factories import make_ask, make_exchange, make_hub, make_need, make_person

PEOPLE, DAYS = 6, 150
who = st.integers(0, PEOPLE - 1)
ago = st.floats(0, DAYS).map(lambda days: round(days, 3))
pair = st.tuples(who, who).filter(lambda two: two[0] != two[1])
ANSWERED = (AskState.ACCEPTED, AskState.DECLINED, AskState.LATER, AskState.LATE_YES)
IDLE = (HelpState.PROPOSED, HelpState.CANCELLED, HelpState.NO_SHOW)

help_event = st.tuples(
    st.just("help"),
    pair,
    ago,
    st.sampled_from([HelpState.CONFIRMED] * 5 + [HelpState.AGREED, HelpState.CANCELLED]),
    st.sampled_from([0, 15, 30, 60, 240]),
    st.booleans(),
)
# Somebody's first days: whom they met, by help or at an encounter or both, and what they gave.
welcome_event = st.tuples(
    st.just("welcome"),
    who,
    st.dictionaries(who, st.sampled_from(["help", "encounter", "both"]), min_size=2, max_size=4),
    st.floats(1, 40),
    st.booleans(),
)
events = st.one_of(
    help_event,
    help_event,
    help_event,
    welcome_event,
    st.tuples(
        st.just("need"),
        pair,
        ago,
        st.sampled_from([NeedState.OPEN, NeedState.MET, NeedState.WITHDRAWN, NeedState.DRAFT]),
        st.sampled_from([*ANSWERED, AskState.EXPIRED, AskState.SENT]),
        st.floats(0.1, 90),
        st.sampled_from([None, 1, 30]),
    ),
    st.tuples(st.just("encounter"), pair, ago, st.booleans()),
    st.tuples(st.just("buzz"), st.integers(0, 1), ago, st.sets(who, max_size=4)),
    st.tuples(st.just("promise"), pair, ago, st.sampled_from(list(PromiseState))),
)
person = st.tuples(
    st.integers(0, 1),
    st.integers(0, DAYS + 20),
    st.sampled_from([None, None, None, 20, 60]),
    st.sampled_from(["", "equality", "living"]),
    st.sampled_from(["", "Cuisine"]),
    st.sampled_from([None, 0, 60, 240]),
    st.sampled_from([PersonState.ACTIVE] * 4 + [PersonState.LEFT, PersonState.INVITED]),
)
histories = st.tuples(
    st.lists(person, min_size=PEOPLE, max_size=PEOPLE), st.lists(events, min_size=10, max_size=40)
)


def write(history: Any, now: datetime) -> tuple[list[Hub], list[Person]]:
    hubs = [make_hub("La Halle"), make_hub("Le Quai")]
    people = [_move_in(hubs, given, now) for given in history[0]]
    for kind, *facts in history[1]:
        WRITERS[kind](hubs, people, now, *facts)
    return hubs, people


def _move_in(hubs: list[Hub], given: Any, now: datetime) -> Person:
    at, days, left, family, trade, promised, state = given
    found, today = make_person(state=state), now.date()
    since = today - timedelta(days=days)
    until = today - timedelta(days=left) if left is not None and left < days else None
    Residency.objects.create(person=found, hub=hubs[at], since_on=since, until_on=until)
    venture = Venture.objects.create(name="Les Bocaux", purpose="…", family=family, trade=trade)
    Affiliation.objects.create(person=found, venture=venture, since_on=since)
    if promised is not None:
        Pledge.objects.create(
            person=found, minutes_per_month=promised, valid_from=since + timedelta(days=10)
        )
    return found


def _need(hubs: Any, people: Any, now: datetime, two: Any, days: float, *facts: Any) -> None:
    state, answer, hours, step = facts
    author, helper = people[two[0]], people[two[1]]
    at = now - timedelta(days=days)
    need = make_need(
        author,
        _home(author),
        state=state,
        published_at=None if state == NeedState.DRAFT else at,
    )
    replied = at + timedelta(hours=hours)
    answered = answer in ANSWERED and replied <= now
    make_ask(
        need,
        helper,
        state=answer if answered else AskState.SENT,
        sent_at=at,
        answered_at=replied if answered else None,
    )
    if step is not None:
        EscalationStep.objects.create(
            need=need, level=2, action="second_wave", at=at + timedelta(hours=step)
        )


def _help(hubs: Any, people: Any, now: datetime, two: Any, days: float, *facts: Any) -> None:
    state, minutes, thanked = facts
    giver, receiver = people[two[0]], people[two[1]]
    at = now - timedelta(days=days)
    done = state == HelpState.CONFIRMED
    exchange = make_exchange(
        giver,
        receiver,
        _home(receiver),
        state=state,
        created_at=at - timedelta(days=1),
        confirmed_at=at if done else None,
        minutes=minutes if done else None,
        happened_on=at.date() if done else None,
    )
    if done and minutes:
        _count(exchange, at)
    if thanked:
        Thanks.objects.create(exchange=exchange, author=receiver, text="Merci.", created_at=at)


def _count(exchange: HelpExchange, at: datetime) -> None:
    accounts = ledger.accounts_of([exchange.giver, exchange.receiver], otherwise=exchange.hub)
    payer, payee = accounts[exchange.receiver_id], accounts[exchange.giver_id]
    Transfer.objects.create(
        payer=payer,
        payee=payee,
        minutes=exchange.minutes or 0,
        kind=TransferKind.HELP,
        exchange=exchange,
        hub_from_id=payer.hub_id,
        hub_to_id=payee.hub_id,
        created_at=at,
        idempotency_key=f"help:{exchange.pk}",
    )


def _encounter(hubs: Any, people: Any, now: datetime, two: Any, days: float, met: Any) -> None:
    at = now - timedelta(days=days)
    drawn = EncounterRound.objects.create(
        hub=hubs[0], seed=1, state=RoundState.SENT, sent_at=at, leaves_at=at
    )
    found = Encounter.objects.create(
        round=drawn,
        state=EncounterState.MET if met else EncounterState.SKIPPED,
        met_at=at if met else None,
    )
    for one in two:
        EncounterPlace.objects.create(round=drawn, encounter=found, person=people[one])


def _buzz(hubs: Any, people: Any, now: datetime, hub: int, days: float, there: Any) -> None:
    at = now - timedelta(days=days)
    found = Buzz.objects.create(hub=hubs[hub], state=BuzzState.CLOSED, starts_at=at)
    for one in sorted(there):
        BuzzPresence.objects.create(buzz=found, person=people[one], since_at=at)


def _promise(hubs: Any, people: Any, now: datetime, two: Any, days: float, state: Any) -> None:
    giver, receiver = people[two[0]], people[two[1]]
    at = now - timedelta(days=days)
    found = Buzz.objects.create(
        hub=_home(giver), state=BuzzState.CLOSED, starts_at=at - timedelta(days=14)
    )
    BuzzPromise.objects.create(
        buzz=found, giver=giver, receiver=receiver, text="…", state=state, due_at=at
    )


def _welcome(
    hubs: Any, people: Any, now: datetime, newcomer: int, ways: Any, days: float, gave: bool
) -> None:
    stay = Residency.objects.get(person=people[newcomer])
    at = datetime.combine(stay.since_on, time(12), tzinfo=UTC) + timedelta(days=days)
    if at > now:
        return
    back = (now - at) / timedelta(days=1)
    for other, way in ways.items():
        if other == newcomer:
            continue
        if way != "encounter":
            two = (newcomer, other) if gave else (other, newcomer)
            _help(hubs, people, now, two, back, HelpState.CONFIRMED, 30, False)
        if way != "help":
            _encounter(hubs, people, now, (newcomer, other), back, True)


WRITERS: dict[str, Callable[..., None]] = {
    "need": _need,
    "help": _help,
    "encounter": _encounter,
    "welcome": _welcome,
    "buzz": _buzz,
    "promise": _promise,
}


def _home(person: Person) -> Hub:
    hub: Hub = Residency.objects.filter(person=person).select_related("hub").get().hub
    return hub


def now() -> datetime:
    return timezone.now().replace(microsecond=0)


class Rows:
    """Everything that was written, read once."""

    def __init__(self) -> None:
        self.stays = list(Residency.objects.all())
        self.people = {person.pk: person for person in Person.objects.all()}
        self.needs = [n for n in Need.objects.all() if n.state != NeedState.DRAFT]
        self.asks = list(Ask.objects.select_related("need"))
        self.helps = list(HelpExchange.objects.all())
        self.done = [h for h in self.helps if h.state == HelpState.CONFIRMED and h.minutes]
        self.meetings = [
            places
            for encounter in Encounter.objects.filter(state=EncounterState.MET)
            for places in [(encounter.met_at, {p.person_id for p in encounter.places.all()})]
        ]
        self.buzzes = {buzz.pk: buzz for buzz in Buzz.objects.all()}
        self.presences = list(BuzzPresence.objects.all())
        self.steps = list(EscalationStep.objects.all())
        self.pledges = list(Pledge.objects.all())
        self.thanks = {thanks.exchange_id for thanks in Thanks.objects.all()}
        self.promises = list(BuzzPromise.objects.all())
        self.crossing = {
            row.exchange_id for row in Transfer.objects.all() if row.hub_from_id != row.hub_to_id
        }
        self.works = list(Affiliation.objects.select_related("venture"))
