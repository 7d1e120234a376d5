"""Who is asked answers, or not; hosts look at what reaches them; authors say what becomes of it."""

from functools import partial
from uuid import UUID

from essaim.exchange.actions import asks, hosting, needs
from essaim.exchange.actions.choices import keep_need
from essaim.exchange.models import Ask, AskState, HelpExchange, Need, NeedState
from tests.bench.year.hive import Member, Temper
from tests.bench.year.life import Life

CAN_STILL_ANSWER = (AskState.SENT, AskState.LATER, AskState.EXPIRED)
NAMES_ANOTHER = 0.1
ANSWERS = {Temper.SILENT: 0.10, Temper.EAGER: 0.98}
ON_HOLIDAY = 0.15
EAGER_YES, MOST = 1.4, 0.95
# Each help underway makes one more yes less likely.
ONE_MORE = 0.7
# A host asks by voice.
BY_VOICE = 1.4
KEEPS = 0.6


def asked(life: Life, ask: Ask) -> None:
    member = life.hive.members[ask.helper_id]
    by_host = ask.asked_by_id == life.hive.host.pk
    chance = ANSWERS.get(member.temper, life.assumed.answers)
    chance *= BY_VOICE if by_host else 1
    chance *= ON_HOLIDAY if member.is_away(life.today) else 1
    if life.chance(min(MOST, chance)):
        delay = life.assumed.delay * (0.5 if member.temper == Temper.EAGER or by_host else 1)
        life.at(life.soon(delay), partial(answer, life, ask.pk, by_host=by_host))


def answer(life: Life, pk: UUID, *, by_host: bool = False) -> None:
    """Late too: a yes after the date is still welcome. Nobody answers what is over."""
    ask = Ask.objects.select_related("need").filter(pk=pk).first()
    if ask is None or ask.state not in CAN_STILL_ANSWER or ask.need.state != NeedState.OPEN:
        return
    member = life.hive.members[ask.helper_id]
    if member.left:
        return
    if life.chance(_willing(life, member, ask.need_id, by_host=by_host)):
        if life.attempt(asks.accept_ask, ask=ask, by=member.person) is None:
            life.attempt(asks.decline_ask, ask=ask, by=member.person)
    elif ask.state == AskState.SENT and life.chance(life.assumed.later):
        life.attempt(asks.postpone_ask, ask=ask, by=member.person)
        life.at(life.soon(24), partial(answer, life, pk, by_host=by_host))
    else:
        _decline(life, member, ask)


def _willing(life: Life, member: Member, need_id: UUID, *, by_host: bool) -> float:
    fit = life.hive.fit(member, life.truth[need_id])
    chance = {1.0: life.assumed.fits, 0.5: life.assumed.near}.get(fit, life.assumed.far)
    chance *= EAGER_YES if member.temper == Temper.EAGER else 1
    chance *= BY_VOICE if by_host else 1
    return min(MOST, chance * ONE_MORE**member.underway)


def _decline(life: Life, member: Member, ask: Ask) -> None:
    others = [
        one
        for one in life.hive.here(life.today)
        if one is not member and life.hive.fit(one, life.truth[ask.need_id]) == 1
    ]
    if others and life.chance(NAMES_ANOTHER):
        other = life.rng.choice(others).person
        life.attempt(asks.suggest_other, ask=ask, by=member.person, person=other)
    else:
        life.attempt(asks.decline_ask, ask=ask, by=member.person)


# --- hosts -------------------------------------------------------------------------------------


def host_called(life: Life, need_id: UUID) -> None:
    if life.chance(life.assumed.host_looks):
        life.at(life.soon(3, 0.7), partial(host_looks, life, need_id))


def host_looks(life: Life, need_id: UUID) -> None:
    """The host knows who can what: somebody who fits is asked, else the author is phoned, and the
    need is read aloud on Friday."""
    need = _open_need(need_id)
    if need is None:
        return
    host = life.hive.host
    life.attempt(hosting.acknowledge_need, need=need, by=host)
    known = set(need.asks.values_list("helper_id", flat=True)) | {need.author_id}
    here = [one for one in life.hive.here(life.today) if one.person.pk not in known]
    fitting = sorted(
        life.pick(here, len(here)), key=lambda one: -life.hive.fit(one, life.truth[need_id])
    )
    for member in fitting[:3]:
        given = {"need": need, "helper": member.person, "by": host}
        if life.attempt(hosting.assign_need, **given) is not None:
            life.news()
            return
    life.attempt(hosting.note_call, need=need, by=host)
    life.attempt(hosting.put_on_friday_bell, need=need, by=host)


def author_asked(life: Life, need_id: UUID) -> None:
    if life.chance(life.assumed.author_answers):
        life.at(life.soon(12), partial(_author_says, life, need_id))


def _author_says(life: Life, need_id: UUID) -> None:
    need = _open_need(need_id)
    if need is None or life.hive.members[need.author_id].left:
        return
    do = keep_need if life.chance(KEEPS) else needs.close_need
    life.attempt(do, need=need, by=need.author)
    life.news()


def _open_need(need_id: UUID) -> Need | None:
    rows = Need.objects.open().filter(pk=need_id)
    return rows.select_related("author", "hub").first()


# --- without being asked -----------------------------------------------------------------------


def hears(life: Life, need: Need, room: list[Member]) -> HelpExchange | None:
    """A need read aloud by the host: the first who would, helps."""
    for member in willing_hands(life, need.pk, need.author_id, room):
        taken = life.attempt(asks.volunteer, need=need, by=member.person)
        if taken is not None:
            return taken
    return None


def willing_hands(life: Life, need_id: UUID, author_id: UUID, room: list[Member]) -> list[Member]:
    need = life.truth[need_id]
    return [
        member
        for member in room
        if member.person.pk != author_id
        and member.temper != Temper.SILENT
        and life.chance(life.assumed.hand * life.hive.fit(member, need) * ONE_MORE**member.underway)
    ]
