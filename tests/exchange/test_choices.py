"""What an author says of a need that nobody has taken, on its page and from a letter."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.exchange import choice_links, escalation
from essaim.exchange.actions import asks, choices, needs
from essaim.exchange.actions.escalation import take_step
from essaim.exchange.models import Need, NeedAudience, NeedState, Outcome, Urgency
from essaim.exchange.notifications import escalation as telling
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.desks import Guichet, plugged
from tests.factories import (
    lend,
    make_ask,
    make_director,
    make_host,
    make_hub,
    make_need,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db

OTHER_WORDS = "Je cherche quelqu’un pour traduire une page en allemand."


def board_need(author: Person, hub: Hub, **fields: Any) -> Need:
    """It climbed every step, and its author has said nothing since."""
    values: dict[str, Any] = {
        "policy": escalation.policy_for(Urgency.WEEK),
        "level": 5,
        "published_at": timezone.now() - timedelta(days=10),
    }
    need = make_need(author, hub, **values | fields)
    for step in escalation.steps_of(need):
        need.steps.create(
            level=step.level, action=step.action, at=timezone.now() - timedelta(hours=1)
        )
    return need


@pytest.fixture
def orphan(author: Person, hub: Hub) -> Need:
    return board_need(author, hub)


@pytest.fixture
def guichet(hub: Hub) -> Iterator[Guichet]:
    with plugged(Guichet(hubs=[hub.pk])) as found:
        yield found


def test_kept_it_lives_two_weeks_more_and_asks_others(
    orphan: Need, author: Person, helpers: list[Person]
) -> None:
    make_ask(orphan, helpers[0])

    asked = choices.keep_need(need=orphan, by=author)

    orphan.refresh_from_db()
    assert asked == 3
    assert orphan.asks.filter(helper=helpers[0]).count() == 1
    assert orphan.expires_at is not None
    assert orphan.next_step_at is not None
    assert orphan.expires_at > timezone.now() + timedelta(days=13)


def test_said_twice_it_is_kept_once(orphan: Need, author: Person, helpers: list[Person]) -> None:
    choices.keep_need(need=orphan, by=author)
    assert choices.keep_need(need=orphan, by=author) == 0
    assert orphan.steps.filter(action__startswith="kept").count() == 1


def test_a_kept_need_comes_back_to_its_hosts_and_repeats_no_step(
    orphan: Need, author: Person, hub: Hub
) -> None:
    host = make_host(hub)
    choices.keep_need(need=orphan, by=author)
    orphan.refresh_from_db()
    assert orphan.next_step_at is not None
    Need.objects.filter(pk=orphan.pk).update(expires_at=orphan.next_step_at + timedelta(days=9))

    take_step(need_id=orphan.pk, now=orphan.next_step_at)

    taken = list(orphan.steps.order_by("id").values_list("action", flat=True))
    assert taken == [*(step.action for step in escalation.steps_of(orphan)), "kept_1"]
    assert Notice.objects.filter(recipient=host, code="host_called").count() == 1


def test_other_words_start_a_fresh_search_without_asking_anyone_again(
    orphan: Need, author: Person, hub: Hub, helpers: list[Person]
) -> None:
    german = make_skill("Allemand", label_en="German")
    speakers = [make_resident(hub, given_name="Uwe"), make_resident(hub, given_name="Vera")]
    for speaker in speakers:
        lend(speaker, german, "Je traduis de l’allemand")
    make_ask(orphan, speakers[0])

    asked = choices.say_otherwise(need=orphan, by=author, text=OTHER_WORDS, minutes=45)

    orphan.refresh_from_db()
    assert (orphan.text, orphan.minutes) == (OTHER_WORDS, 45)
    assert orphan.title == "Traduire une page en allemand"
    assert list(orphan.skills.all()) == [german]
    assert asked >= 1
    assert sorted(ask.helper.given_name for ask in orphan.asks.filter(wave__gt=1))[-1] == "Vera"
    assert orphan.asks.filter(helper=speakers[0]).count() == 1


def test_the_same_words_keep_title_and_skills(orphan: Need, author: Person, skill: Skill) -> None:
    orphan.skills.set([skill])
    choices.say_otherwise(need=orphan, by=author, text=orphan.text, minutes=15)
    orphan.refresh_from_db()
    assert (orphan.title, list(orphan.skills.all())) == ("Relire mon plan de financement", [skill])


def test_no_words_are_no_need(orphan: Need, author: Person) -> None:
    with pytest.raises(needs.NothingSaid):
        choices.say_otherwise(need=orphan, by=author, text="  ", minutes=15)


def test_widened_it_asks_people_of_other_hives(author: Person, hub: Hub, skill: Skill) -> None:
    far = make_resident(make_hub("Ailleurs"), given_name="Wim")
    lend(far, skill, "J’ai relu dix plans de financement")
    need = board_need(author, hub, audience=NeedAudience.HUB)

    assert choices.widen_need(need=need, by=author) == 1
    assert choices.widen_need(need=need, by=author) == 0

    need.refresh_from_db()
    assert need.audience == NeedAudience.NETWORK
    assert [ask.helper for ask in need.asks.all()] == [far]
    assert list(Need.objects.on_board()) == [need]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ANSWERED, NeedState.MET),
        (Outcome.INTRODUCED, NeedState.MET),
        (Outcome.LED_TO_WORK, NeedState.MET),
        (Outcome.NO_RESULT, NeedState.CLOSED_UNMET),
    ],
)
def test_closing_says_what_came_of_it(
    orphan: Need, author: Person, outcome: str, state: str
) -> None:
    choices.end_need(need=orphan, by=author, outcome=outcome)
    orphan.refresh_from_db()
    assert (orphan.state, orphan.outcome, orphan.next_step_at) == (state, outcome, None)


def test_reopened_it_has_no_outcome_any_more(orphan: Need, author: Person) -> None:
    choices.end_need(need=orphan, by=author, outcome=Outcome.NO_RESULT)
    needs.reopen_need(need=orphan, by=author)
    orphan.refresh_from_db()
    assert (orphan.state, orphan.outcome) == (NeedState.OPEN, "")


def test_nobody_else_answers_for_the_author(orphan: Need, hub: Hub) -> None:
    host = make_host(hub)
    for answer in (choices.keep_need, choices.widen_need):
        with pytest.raises(NotAllowed):
            answer(need=orphan, by=host)
    with pytest.raises(NotAllowed):
        choices.say_otherwise(need=orphan, by=host, text=OTHER_WORDS, minutes=15)
    with pytest.raises(NotAllowed):
        choices.end_need(need=orphan, by=host, outcome=Outcome.ANSWERED)


def test_what_was_taken_meanwhile_is_not_kept(orphan: Need, author: Person, hub: Hub) -> None:
    asks.volunteer(need=orphan, by=make_resident(hub))
    with pytest.raises(asks.NeedOver):
        choices.keep_need(need=orphan, by=author)


# --- from the letter ---------------------------------------------------------------------------


def letters(mailoutbox: list[Any]) -> list[Any]:
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    return mailoutbox


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "cela ne dit rien de toi"), ("en", "says nothing about you")]
)
def test_the_letter_of_the_board_answers_in_one_tap(
    hub: Hub, mailoutbox: list[Any], client: Client, language: str, words: str
) -> None:
    need = board_need(make_resident(hub, language=language), hub)
    telling.nobody_took(need, hive_only=False)
    body = letters(mailoutbox)[0].body
    assert words in body
    links = re.findall(r"/besoins/lien/\S+\?a=(\w+)", body)
    assert links == ["keep", "reword", "close"]

    [path] = set(re.findall(r"/besoins/lien/[^?\s]+", body))
    client.get(path, {"a": "keep"})
    assert not need.steps.filter(action="kept_1").exists()
    client.post(path, {"a": "keep"})
    assert need.steps.filter(action="kept_1").exists()


def test_a_letter_for_the_hive_alone_offers_the_network(
    author: Person, hub: Hub, mailoutbox: list[Any]
) -> None:
    telling.nobody_took(board_need(author, hub, audience=NeedAudience.HUB), hive_only=True)
    assert "?a=widen" in letters(mailoutbox)[0].body


def test_a_letter_of_which_the_question_is_answered_does_not_leave(
    orphan: Need, author: Person, mailoutbox: list[Any]
) -> None:
    telling.nobody_took(orphan, hive_only=False)
    choices.keep_need(need=orphan, by=author)
    assert [
        letter.subject for letter in letters(mailoutbox) if "réseau voit" in letter.subject
    ] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_letter_about_the_desk_names_it_and_asks(
    hub: Hub, mailoutbox: list[Any], client: Client, guichet: Guichet, language: str
) -> None:
    need = make_need(make_resident(hub, language=language), hub)
    need.steps.create(level=4, action="partner_desk", result="consent_asked")
    telling.desk_proposed(need, guichet.name)
    [letter] = letters(mailoutbox)
    assert guichet.name in letter.subject
    assert guichet.name in letter.body
    [path] = re.findall(r"/besoins/lien/[^?\s]+", letter.body)

    client.post(path, {"a": "desk"})

    assert guichet.taken == [need.pk]


def test_by_the_link_a_need_is_closed_and_then_nothing_more_is_asked(
    orphan: Need, client: Client
) -> None:
    path = choice_links.path_for(orphan)
    said = client.post(path, {"a": "answered"}).content.decode()
    assert "il est fermé" in said
    assert "On ne te demande plus rien" in client.get(path).content.decode()


def test_by_the_link_other_words_are_written(orphan: Need, client: Client) -> None:
    path = choice_links.path_for(orphan)
    assert orphan.text in client.get(path, {"a": "reword"}).content.decode()
    assert client.post(path, {"a": "reword", "text": "", "minutes": "30"}).status_code == 422
    client.post(path, {"a": "reword", "text": OTHER_WORDS, "minutes": "30"})
    orphan.refresh_from_db()
    assert orphan.text == OTHER_WORDS


def test_a_forged_link_opens_nothing(client: Client, orphan: Need) -> None:
    assert client.get(choice_links.path_for(orphan)[:-2] + "x/").status_code == 404


def test_an_old_link_says_so(client: Client, orphan: Need, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_links, "LIFE", timedelta(seconds=-1))
    assert client.get(choice_links.path_for(orphan)).status_code == 410


def test_the_link_of_somebody_who_left_opens_nothing(client: Client, orphan: Need) -> None:
    Person.objects.filter(pk=orphan.author_id).update(state="left")
    assert client.get(choice_links.path_for(orphan)).status_code == 410


# --- on the pages ------------------------------------------------------------------------------


def test_the_page_of_the_need_leads_to_the_choice(page: Client, orphan: Need) -> None:
    assert f"/besoins/{orphan.pk}/suite/" in page.get(f"/besoins/{orphan.pk}/").content.decode()
    shown = page.get(f"/besoins/{orphan.pk}/suite/").content.decode()
    assert [
        words in shown for words in ("le garder", "Il a eu sa réponse", "montrer au réseau")
    ] == [
        True,
        True,
        False,
    ]
    page.post(f"/besoins/{orphan.pk}/suite/", {"a": "led_to_work"})
    story = page.get(f"/besoins/{orphan.pk}/").content.decode()
    assert "cela a mené à travailler ensemble" in story


def test_the_page_of_the_need_tells_what_comes_next(page: Client, author: Person, hub: Hub) -> None:
    need = make_need(author, hub, policy=escalation.policy_for(Urgency.WEEK), level=3)
    need.next_step_at = timezone.now() + timedelta(hours=5)
    need.save()
    for step in escalation.steps_of(need)[:3]:
        need.steps.create(level=step.level, action=step.action, result="hosts")
    path = f"/besoins/{need.pk}/"
    assert "toutes les ruches voient" in page.get(path).content.decode()
    with plugged(Guichet(hubs=[hub.pk])):
        assert "si un partenaire peut le lire" in page.get(path).content.decode()
        page.post(f"{path}suite/", {"a": "desk"})
        assert "le guichet d’un partenaire s’en occupe" in page.get(path).content.decode()


def test_consent_is_given_when_the_need_is_told(
    page: Client, draft: Need, helpers: list[Person], guichet: Guichet
) -> None:
    preview = f"/besoins/{draft.pk}/apercu/"
    assert guichet.name in page.get(preview).content.decode()
    page.post(f"/besoins/{draft.pk}/dire/", {"desk": "1", "among": [str(helpers[0].pk)]})
    draft.refresh_from_db()
    assert draft.state == NeedState.OPEN
    assert draft.desk_consent_at is not None


def test_where_no_desk_is_nobody_is_asked_about_one(
    page: Client, draft: Need, helpers: list[Person]
) -> None:
    assert 'name="desk"' not in page.get(f"/besoins/{draft.pk}/apercu/").content.decode()


BOARD = "/besoins/?in=board"


def test_residents_of_all_hives_see_what_nobody_has_taken_and_help_in_one_tap(
    client: Client, orphan: Need, author: Person, hub: Hub
) -> None:
    board_need(author, hub, audience=NeedAudience.HUB, title="Pour ma ruche seulement")
    make_need(author, hub, title="Dit ce matin")
    reader = make_resident(make_hub("Ailleurs"))
    client.force_login(reader)

    shown = client.get(BOARD).content.decode()

    titles = (orphan.title, "Pour ma ruche seulement", "Dit ce matin")
    assert [title in shown for title in titles] == [True, False, False]
    assert hub.name in shown
    client.post(f"/besoins/{orphan.pk}/aider/")
    orphan.refresh_from_db()
    assert orphan.state == NeedState.IN_HAND
    assert orphan.title not in client.get(BOARD).content.decode()


def test_ones_own_need_on_the_board_asks_no_help_of_oneself(page: Client, orphan: Need) -> None:
    shown = page.get(BOARD).content.decode()
    assert orphan.title in shown
    assert f"/besoins/{orphan.pk}/aider/" not in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_board_do_not_grow(
    client: Client, author: Person, hub: Hub, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        board_need(author, hub)
    client.force_login(make_resident(hub))
    with django_assert_num_queries(7):
        client.get(BOARD)


def test_directors_see_how_many_wait(client: Client, author: Person, hub: Hub) -> None:
    for _number in range(2):
        board_need(author, hub)
    client.force_login(make_director())
    board = client.get("/chiffres-de-la-ruche/").content.decode()
    assert re.search(r"<b>2</b>\s*Pas encore pris", board)
