"""What `essaim matching calibrate` learns from answers, keeps, and forgets."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from essaim.exchange import index, learned_weights, learning
from essaim.exchange.models import Ask, AskState, DeclineCode, Need
from essaim.hubs.models import Hub
from essaim.matching.ranking import SEMANTIC, Laws, Weights
from essaim.people.models import Person
from tests.factories import lend, make_ask, make_hub, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db

THINGS = ("Comptabilité", "Menuiserie", "Soudure", "Maraîchage", "Couture", "Vidéo", "Maçonnerie")


@pytest.fixture
def hub() -> Hub:
    return make_hub()


def answered(
    author: Person, hub: Hub, text: str, helper: Person, state: str, code: str = ""
) -> Ask:
    need = Need.objects.filter(author=author, text=text).first()
    need = need or make_need(author, hub, text=text)
    return make_ask(need, helper, state=state, decline_code=code, answered_at=timezone.now())


def answers(hub: Hub, count: int) -> None:
    """So many needs, each with a yes from who lends the thing, among much else, and a no from
    somebody who only names it."""
    author = make_resident(hub, given_name="Léa")
    skills = [make_skill(thing) for thing in THINGS]
    selling = make_skill("Vente")
    able, unable = [], []
    for thing in THINGS:
        able.append(make_resident(hub, given_name=thing))
        for skill in skills:
            lend(able[-1], skill, "" if skill.label_fr == thing else "Un peu, pour les amis")
        unable.append(make_resident(hub, given_name=f"Pas {thing}"))
        lend(unable[-1], selling, f"Un client en {thing.lower()}")
    for number in range(count):
        place = number % len(THINGS)
        text = f"{THINGS[place]}, {number}"
        answered(author, hub, text, able[place], AskState.ACCEPTED)
        no = DeclineCode.NOT_MY_FIELD
        answered(author, hub, text, unable[place], AskState.DECLINED, no)


def calibrate(*options: str) -> str:
    out = io.StringIO()
    call_command("matching", "calibrate", *options, stdout=out)
    return out.getvalue()


def test_a_need_with_a_yes_and_a_no_is_an_example(hub: Hub) -> None:
    answers(hub, 1)
    (one,) = learning.answered_needs()
    assert sorted(one.right.tolist()) == [False, True]


def test_lack_of_time_says_nothing_about_matching(hub: Hub) -> None:
    answers(hub, 1)
    Ask.objects.filter(state=AskState.DECLINED).update(decline_code=DeclineCode.NO_TIME)
    assert learning.answered_needs() == []


def test_too_few_answers_change_nothing(hub: Hub) -> None:
    answers(hub, 3)
    assert "3 needs have both a yes and a « not my field »" in calibrate()
    assert not learned_weights.path().exists()


def test_what_foretells_better_is_kept_and_serves_at_the_next_search(hub: Hub) -> None:
    answers(hub, learning.ENOUGH)
    # Where words weigh as much as meaning, who names one thing may stand before who can do many.
    start = Laws(Weights(profile=2.0, several=2.0))
    lesson = learning.learn(start)
    assert (lesson.better, lesson.after) == (True, 1.0)
    assert lesson.before < 1
    assert index.with_people(lambda people: people.laws) not in (start, SEMANTIC)


def test_the_command_says_when_nothing_better_was_learned(hub: Hub) -> None:
    answers(hub, learning.ENOUGH)
    assert "What was learned foretells no better: the shipped weights serve." in calibrate()
    assert index.with_people(lambda people: people.laws) == SEMANTIC


def test_what_was_learned_is_forgotten_when_told_so(hub: Hub) -> None:
    learned_weights.keep(Laws(Weights(line=1.0)))
    assert index.with_people(lambda people: people.laws) == Laws(Weights(line=1.0))
    assert "The shipped weights serve again" in calibrate("--forget")
    assert index.with_people(lambda people: people.laws) == SEMANTIC
    assert "nothing was learned here" in calibrate("--forget")


def test_a_file_that_cannot_be_read_leaves_the_shipped_weights(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    learned_weights.path().write_text("{", encoding="utf-8")
    assert index.with_people(lambda people: people.laws) == SEMANTIC
    assert "not readable" in caplog.text


def test_what_foretells_no_better_gives_way_to_the_shipped_weights(hub: Hub) -> None:
    answers(hub, learning.ENOUGH)
    learned_weights.keep(Laws(Weights(line=1.0)))
    # By meaning alone the yes stands before the no already: nothing is left to learn.
    lesson = learning.learn(Laws(Weights(several=5.0)))
    assert (lesson.before, lesson.after, lesson.better) == (1.0, 1.0, False)
    assert not learned_weights.path().exists()
