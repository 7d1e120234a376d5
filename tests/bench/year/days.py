"""The year itself: who comes and goes, what a week holds, what the worker and the news bring."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from uuid import UUID

from essaim.exchange import escalation, ledger_audit
from essaim.exchange.actions import capacity
from essaim.exchange.actions.escalation import ASKED_AUTHOR
from essaim.exchange.actions.silences import answer_silence
from essaim.exchange.models import (
    Account,
    Ask,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    Silence,
    SilenceAnswer,
)
from essaim.exchange.working_hours import is_working_day
from essaim.home.actions.leaving import leave_network
from essaim.home.demo import corpus
from essaim.people.models import Person, Skill
from essaim.people.seeding import seed_skills
from tests.bench.year import answering, helping
from tests.bench.year.assumed import LEAVERS, OFFERED, TOLD, WANTED, Assumed
from tests.bench.year.checks import Watch
from tests.bench.year.clock import Clock
from tests.bench.year.hive import Coming, Member, Temper, arrive, drawn, holidays, open_hive
from tests.bench.year.life import HOURS, PROMPT, SWEEPS, Life, duties, moment
from tests.bench.year.telling import hold_buzz, send_asks_of_friday, tell_need

FRIDAY, MONDAY = 4, 0
# The Friday of no Buzz: the hive is half empty (50 sessions in a year, domain §5.2).
WITHOUT_BUZZ = ((8, 15), (12, 26))
CALLS = (escalation.HOST_QUEUE, escalation.HOST_REMINDER)
WORKING_DAYS = 5
NONE = UUID(int=0)


@dataclass
class Seen:
    """Up to where the news were read."""

    ask: UUID = NONE
    help: UUID = NONE
    need: UUID = NONE
    step: int = 0


@dataclass
class Year:
    life: Life
    people: int
    first: date
    days: int
    watch: Watch = field(default_factory=Watch)
    seen: Seen = field(default_factory=Seen)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days)


def live(clock: Clock, assumed: Assumed, *, seed: int, people: int = 100, weeks: int = 52) -> Year:
    """From the day of the clock on, within `on(clock)` and an empty database."""
    rng = Random(seed)
    seed_skills()
    first = clock.now.date()
    coming = drawn(rng, people, assumed)
    hive = open_hive(first, Skill.objects.usable())
    needs = corpus.needs(rng, round(people * weeks * 0.3 * max(1, assumed.told)) + 100)
    rng.shuffle(needs)
    year = Year(Life(clock, rng, assumed, hive, needs), people, first, weeks * 7)
    year.life.news = partial(_news, year)
    for one in coming[:people]:
        _arrive(year, one)
    _plan(year, coming[people:])
    year.life.live_until(moment(year.last, 0))
    year.watch.ladders(year.life.policies, moment(year.first, 0))
    year.watch.broken["ledger"] += len(ledger_audit.findings())
    return year


def _arrive(year: Year, coming: Coming) -> None:
    life = year.life
    member = arrive(life.hive, coming, holidays(life.rng, year.first.year))
    for first, last in member.away:
        if first > life.today and life.chance(life.assumed.pauses):
            life.at(moment(first, 8), partial(_pause, life, member, last))


def _pause(life: Life, member: Member, until: date) -> None:
    if not member.left:
        life.attempt(capacity.pause, person=member.person, until=until, by=member.person)


def _leave(life: Life, member: Member) -> None:
    member.left = True
    life.attempt(leave_network, person=member.person, by=member.person)
    life.news()


def _plan(year: Year, newcomers: list[Coming]) -> None:
    life, days = year.life, year.days
    share = days / 364
    for one in newcomers[: round(len(newcomers) * share)]:
        day = year.first + timedelta(days=life.rng.randrange(days))
        life.at(moment(day, 9, 30), partial(_arrive, year, one))
    members = list(life.hive.members.values())
    for member in life.rng.sample(members, round(year.people * LEAVERS / 100 * share)):
        day = year.first + timedelta(days=life.rng.randrange(days))
        life.at(moment(day, 17), partial(_leave, life, member))
    for number in range(days):
        _plan_day(year, year.first + timedelta(days=number))


def _plan_day(year: Year, day: date) -> None:
    life = year.life
    life.at(moment(day, 8, 1), partial(_morning, year, day))
    if not is_working_day(day):
        return
    for hour in HOURS:
        life.at(moment(day, hour), partial(_work, year))
    if day.weekday() == FRIDAY and (day.month, day.day) not in _no_buzz(day.year):
        life.at(moment(day, 11), partial(send_asks_of_friday, year.life))
        life.at(moment(day, 12, 30), partial(hold_buzz, year.life))


def _no_buzz(year: int) -> set[tuple[int, int]]:
    """The Fridays on or just before the two days of the year when hives are empty."""
    found = set()
    for month, day in WITHOUT_BUZZ:
        near = date(year, month, day)
        friday = near - timedelta(days=(near.weekday() - FRIDAY) % 7)
        found.add((friday.month, friday.day))
    return found


def _morning(year: Year, day: date) -> None:
    """What the day will bring."""
    life, rng = year.life, year.life.rng
    if day.weekday() == MONDAY:
        _end_of_week(year)
        _sign_in(life)
    life.at(moment(day, 10, 1), partial(_sweep, year))
    if not is_working_day(day):
        return
    a_day = len(life.hive.here(day)) / 100 / WORKING_DAYS
    for mean, do in (
        (TOLD * life.assumed.told, partial(tell_need, life)),
        (OFFERED, partial(helping.propose, life, wanted=False)),
        (WANTED, partial(helping.propose, life, wanted=True)),
    ):
        for _number in range(life.some(mean * a_day)):
            life.at(moment(day, 9, 0) + timedelta(minutes=rng.randrange(540)), do)


def _sign_in(life: Life) -> None:
    """Who comes to the hive opens the pages once a week; the silent, once in two months."""
    ids = [
        one.person.pk
        for one in life.hive.here(life.today)
        if one.temper != Temper.SILENT or life.chance(1 / 8)
    ]
    Person.objects.filter(pk__in=ids).update(last_login=life.now)
    for silence in Silence.objects.open().filter(person__in=ids).select_related("person"):
        back = SilenceAnswer.BACK
        life.attempt(answer_silence, silence=silence, answer=back, by=silence.person)


def _work(year: Year) -> None:
    """The worker, when there is something for it; people then read what they were told."""
    life = year.life
    waiting = Need.objects.open().filter(next_step_at__lte=life.now)
    if waiting.exists() or Ask.objects.waiting().filter(due_at__lte=life.now).exists():
        _sweep(year, PROMPT)
    elif life.unread:
        _news(year)


def _sweep(year: Year, within: str | tuple[str, ...] = SWEEPS) -> None:
    for task in duties(within=within):
        task(year.life.now)
    _news(year)


def _end_of_week(year: Year) -> None:
    year.watch.ladders(year.life.policies, year.life.now - timedelta(days=8))
    balances = Account.objects.with_balance().values_list("balance", flat=True)
    year.watch.broken["ledger"] += sum(balances) != 0


def _news(year: Year) -> None:
    """What was written since: people read what concerns them."""
    life, seen = year.life, year.seen
    life.unread = False
    for need in Need.objects.filter(pk__gt=seen.need, published_at__isnull=False).order_by("pk"):
        life.policies[need.pk] = need.policy
        seen.need = need.pk
    asks = list(Ask.objects.filter(pk__gt=seen.ask).order_by("pk"))
    year.watch.asks_sent(asks, life.now)
    for ask in asks:
        seen.ask = ask.pk
        if ask.wave:
            answering.asked(life, ask)
    _news_of_help(year)
    _news_of_steps(year)


def _news_of_help(year: Year) -> None:
    rows = HelpExchange.objects.filter(pk__gt=year.seen.help).order_by("pk")
    for exchange in rows:
        year.seen.help = exchange.pk
        if exchange.state == HelpState.AGREED and exchange.need_id is not None:
            helping.agreed(year.life, exchange.pk)


def _news_of_steps(year: Year) -> None:
    for step in EscalationStep.objects.filter(pk__gt=year.seen.step).order_by("pk"):
        year.seen.step = step.pk
        if step.action in CALLS:
            answering.host_called(year.life, step.need_id)
        elif step.action.startswith(ASKED_AUTHOR):
            answering.author_asked(year.life, step.need_id)
