"""What the visitor who signs in as Léa finds: each thing that a member may have to do, once."""

from datetime import timedelta

from essaim.exchange import escalation
from essaim.exchange.actions.introductions import PATIENCE
from essaim.exchange.models import AskState, HelpState, Introduction, NeedAudience, NeedState
from essaim.exchange.working_hours import after_working_time
from essaim.home.demo import corpus
from essaim.home.demo.life import DAY, Life, Story
from essaim.home.demo.records import DemoNeed
from essaim.home.demo.world import Resident

# Whom she would like to reach, and what a neighbour who knows somebody there says.
REACHED = "La Mutuelle du Fleuve, au service achats"
KNOWS = "On a monté un atelier ensemble l’an dernier, elle répond vite et aime les projets locaux."


def set_scenes_for_lea(life: Life) -> None:
    lea = life.world.residents[0]
    neighbours = [one for one in life.world.residents[1:] if one.hub == lea.hub][:8]
    if len(neighbours) < 8:
        return  # a network too small for scenes
    needs = [need for need in corpus.needs(life.rng, 200) if need.language == "fr"]
    _somebody_asks(life, lea, neighbours[0], _fitting(needs, lea))
    own = [need for need in needs if not set(need.skills) & set(lea.skills)]
    _she_waits(life, lea, neighbours[1:4], own[0], knows=neighbours[7])
    _she_was_helped(life, lea, neighbours[4], own[1])
    _she_may_confirm(life, lea, neighbours[5], own[2])
    _she_forgot_to_thank(life, lea, neighbours[6], own[3])


def _fitting(needs: list[DemoNeed], helper: Resident) -> DemoNeed:
    return max(needs, key=lambda need: len(set(need.skills) & set(helper.skills)))


def _story(life: Life, author: Resident, need: DemoNeed, *, hours: int) -> Story:
    at = life.world.now - timedelta(hours=hours)
    return Story(need, life.world.id_at(at), author, at, NeedAudience.NETWORK, [])


def _somebody_asks(life: Life, lea: Resident, author: Resident, need: DemoNeed) -> None:
    story = _story(life, author, need, hours=2)
    _write_open(life, story)
    life.write_ask(story, lea, 1, story.at, AskState.SENT, None)


def _she_waits(
    life: Life, lea: Resident, helpers: list[Resident], need: DemoNeed, *, knows: Resident
) -> None:
    story = _story(life, lea, need, hours=3)
    _write_open(life, story, looking_for=REACHED)
    for rank, helper in enumerate(helpers, 1):
        declined = rank == 1
        state = AskState.DECLINED if declined else AskState.SENT
        answered = story.at + timedelta(minutes=50) if declined else None
        life.write_ask(story, helper, rank, story.at, state, answered)
    offered = story.at + timedelta(hours=1)
    life.tables.add(
        Introduction, id=life.world.id_at(offered), need_id=story.id, asker_id=lea.id,
        introducer_id=knows.id, about=REACHED, words=KNOWS, offered_at=offered,
        lapses_at=offered + PATIENCE,
    )  # fmt: skip


def _write_open(life: Life, story: Story, **more: str) -> None:
    [first, *_] = escalation.LADDER[story.need.urgency]
    due = after_working_time(life.world.now, timedelta(hours=first[2]), DAY)
    life.write_need(story, NeedState.OPEN, level=1, next_step_at=due, **more)


def _she_was_helped(life: Life, lea: Resident, giver: Resident, need: DemoNeed) -> None:
    story = _story(life, lea, need, hours=30)
    life.write_need(story, NeedState.IN_HAND, level=1)
    ask = life.write_ask(
        story, giver, 1, story.at, AskState.ACCEPTED, story.at + timedelta(hours=2)
    )
    life.write_exchange(story, giver, ask, story.at + timedelta(hours=2), HelpState.AGREED)


def _she_may_confirm(life: Life, lea: Resident, giver: Resident, need: DemoNeed) -> None:
    story = _story(life, lea, need, hours=24 * 5)
    agreed, claimed = story.at + timedelta(hours=5), story.at + timedelta(days=4)
    life.write_need(story, NeedState.IN_HAND, level=1)
    ask = life.write_ask(story, giver, 1, story.at, AskState.ACCEPTED, agreed)
    life.write_exchange(
        story,
        giver,
        ask,
        agreed,
        HelpState.CLAIMED,
        claimed_minutes=need.minutes,
        claimed_by_id=giver.id,
        claimed_at=claimed,
        confirm_by_at=claimed + timedelta(days=7),
        happened_on=claimed.date(),
    )


def _she_forgot_to_thank(life: Life, lea: Resident, giver: Resident, need: DemoNeed) -> None:
    story = _story(life, lea, need, hours=24 * 12)
    agreed, done = story.at + timedelta(hours=5), story.at + timedelta(days=9)
    life.write_need(story, NeedState.MET, level=1, closed_at=done)
    ask = life.write_ask(story, giver, 1, story.at, AskState.ACCEPTED, agreed)
    life.write_confirmed(story, giver, ask, agreed=agreed, met=done, confirmed=done)
