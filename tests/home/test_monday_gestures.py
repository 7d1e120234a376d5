"""Each gesture of Monday, done from the list, told to whom it concerns, and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core.models import JournalEntry, Notice
from essaim.exchange import index
from essaim.exchange.actions.capacity import pause
from essaim.exchange.models import (
    AvoidPair,
    Buzz,
    BuzzPromise,
    Need,
    Pause,
)
from essaim.home.actions.monday import Gone
from essaim.home.actions.monday_gestures import take_off_buzz
from essaim.home.models import MondayDone
from essaim.home.monday import Kind
from essaim.hubs.models import Hub
from essaim.people.models import Audience, Person, SkillKind
from tests.factories import (
    lend,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
    make_skill,
)
from tests.home.mondays import act, folded, found, generous, promise_late, settled, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _indexes_closed() -> Any:
    yield
    index.close()


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def hosting(client: Client, host: Person) -> Client:
    client.force_login(host)
    return client


@pytest.fixture
def need(hub: Hub) -> Need:
    return make_need(settled(hub), hub, level=3, title="Un fourgon samedi")


# Phone


def test_the_number_is_shown_and_the_call_noted(hub: Hub, need: Need, hosting: Client) -> None:
    Person.objects.filter(pk=need.author_id).update(
        phone="06 12 34 56 78", phone_audience=Audience.ON_YES
    )
    page = hosting.get(f"/lundi/need/{need.pk}/appeler/").content.decode()
    assert "06 12 34 56 78" in page

    page = act(hosting, "need", need.pk, "appeler", person=need.author_id, outcome="reached")

    assert "L’appel est noté. La ligne revient dans 7 jours." in page
    assert folded("need") == 7
    assert list(need.steps.values_list("action", flat=True)) == ["phoned"]
    [entry] = JournalEntry.objects.filter(verb="host.call")
    assert (entry.thing_id, entry.facts["outcome"]) == (need.pk, "reached")


def test_a_call_without_an_answer_comes_back_tomorrow(need: Need, hosting: Client) -> None:
    act(hosting, "need", need.pk, "appeler", person=need.author_id, outcome="nobody")
    assert folded("need") == 1
    assert need.steps.count() == 0
    need.refresh_from_db()
    assert need.acknowledged_at is None


def test_a_number_kept_for_oneself_is_not_shown(hub: Hub, need: Need, hosting: Client) -> None:
    """A hive that is not the person's home learns no number by it (decision 0010)."""
    guest = make_person("Zoé", phone="06 99 99 99 99", phone_audience=Audience.ON_YES)
    make_residency(guest, make_hub("Chez elle"))
    make_residency(guest, hub, since_on=timezone.localdate())
    page = hosting.get(f"/lundi/newcomer/{guest.pk}/appeler/").content.decode()
    assert "06 99" not in page
    assert "ne te montre pas de numéro" in page


def test_both_of_a_help_can_be_phoned_and_nobody_else(hub: Hub, hosting: Client) -> None:
    late = make_exchange(
        settled(hub, given_name="Nadia"), settled(hub, given_name="Omar"), hub,
        created_at=timezone.now() - timedelta(days=20),
    )  # fmt: skip
    page = hosting.get(f"/lundi/unclaimed/{late.pk}/appeler/").content.decode()
    assert ["Nadia" in page, "Omar" in page] == [True, True]
    act(hosting, "unclaimed", late.pk, "appeler", person=settled(hub).pk, outcome="reached")
    assert MondayDone.objects.count() == 0
    act(hosting, "unclaimed", late.pk, "appeler", person=late.giver_id, outcome="message")
    assert folded("unclaimed") == 3


# Put on Friday's Buzz


def test_a_need_waits_for_the_next_buzz_and_is_taken_off(
    hub: Hub, need: Need, hosting: Client
) -> None:
    friday = timezone.now() + timedelta(days=3)
    Buzz.objects.create(hub=hub, starts_at=friday)
    page = act(hosting, "need", need.pk, "buzz")
    assert "Sur la liste du Buzz" in page
    assert f"/lundi/need/{need.pk}/annuler/buzz/" in page
    assert list(need.steps.values_list("action", flat=True)) == ["friday_bell"]
    # The host has taken it up by this: it is folded as what it is now.
    assert folded("need_looked_after") == 7
    assert "1 ligne mise de côté" in page

    hosting.post(f"/lundi/need/{need.pk}/reprendre/")
    page = hosting.get("/lundi/").content.decode()
    assert "Il est sur la liste du Buzz de vendredi." in page
    assert f"/lundi/need_looked_after/{need.pk}/buzz/" not in page

    act(hosting, "need", need.pk, "buzz")
    assert "quitte la liste" in hosting.get(f"/lundi/need/{need.pk}/annuler/buzz/").content.decode()
    act(hosting, "need", need.pk, "annuler/buzz")
    assert need.steps.count() == 0
    assert told(need.author) == ["need_status", "need_status"]
    assert MondayDone.objects.count() == 0


def test_what_another_host_put_on_the_buzz_stays_there(
    hub: Hub, need: Need, host: Person, hosting: Client
) -> None:
    act(hosting, "need", need.pk, "buzz")
    line: Any = {"kind": Kind.NEED, "thing_id": need.pk}
    with pytest.raises(Gone):
        take_off_buzz(**line, by=make_host(hub))
    assert list(need.steps.values_list("action", flat=True)) == ["friday_bell"]
    take_off_buzz(**line, by=host)
    assert need.steps.count() == 0


def test_only_needs_are_put_on_the_buzz(hub: Hub, hosting: Client) -> None:
    person = settled(hub)
    assert hosting.post(f"/lundi/isolated/{person.pk}/buzz/").status_code == 404
    assert hosting.post(f"/lundi/need/{person.pk}/buzz/").status_code == 404


# Pause


def test_a_pause_is_taken_told_and_lifted(hub: Hub, hosting: Client) -> None:
    nadia = generous(hub)
    page = act(hosting, "generous", nadia.pk, "pause", days="14")
    today = timezone.localdate()
    [taken] = Pause.objects.all()
    assert (taken.person, taken.to_on) == (nadia, today + timedelta(days=14))
    assert told(nadia) == ["host_paused"]
    assert "On ne demande plus rien à Nadia" in page

    act(hosting, "generous", nadia.pk, "annuler/pause")
    assert Pause.objects.on(today).count() == 0
    assert told(nadia) == ["host_paused", "host_paused"]
    assert Kind.GENEROUS in found(hub)


def test_a_pause_that_somebody_took_is_theirs(hub: Hub, hosting: Client) -> None:
    nadia = generous(hub)
    pause(person=nadia, by=nadia)
    act(hosting, "generous", nadia.pk, "annuler/pause")
    assert Pause.objects.count() == 1
    assert told(nadia) == []


@pytest.mark.parametrize(("kind", "word"), [("generous", "breathe"), ("silent", "rest")])
def test_a_pause_may_be_offered(hub: Hub, hosting: Client, kind: str, word: str) -> None:
    nadia = generous(hub)
    act(hosting, kind, nadia.pk, "pause", offer="1")
    assert Pause.objects.count() == 0
    [notice] = Notice.objects.all()
    assert (notice.recipient, notice.facts["word"]) == (nadia, word)


def test_from_monday_and_from_the_board_it_is_one_question_a_month(
    hub: Hub, hosting: Client
) -> None:
    nadia = generous(hub)
    act(hosting, "generous", nadia.pk, "pause", offer="1")
    hosting.post(f"/personnes/{nadia.pk}/repos/")
    assert told(nadia) == ["host_nudge"]


# Thank


def test_thanks_are_between_the_two(hub: Hub, hosting: Client) -> None:
    nadia = generous(hub)
    act(hosting, "generous", nadia.pk, "merci", words="Merci pour ces\nheures.")
    [notice] = Notice.objects.all()
    assert (notice.recipient, notice.code) == (nadia, "host_thanks")
    assert notice.facts["words"] == "Merci pour ces heures."
    assert notice.title == "Hugo te dit merci\xa0: Merci pour ces heures."
    assert folded("generous") == 30


def test_empty_thanks_are_not_sent(hub: Hub, hosting: Client) -> None:
    nadia = generous(hub)
    assert hosting.post(f"/lundi/generous/{nadia.pk}/merci/", {"words": " "}).status_code == 422
    assert Notice.objects.count() == 0


# Introduce


def newcomer(hub: Hub) -> Person:
    zoe = make_person("Zoé", about="Je monte un atelier de réparation de vélos.")
    make_residency(zoe, hub, since_on=timezone.localdate())
    wish = make_skill("Plan de financement")
    zoe.skills.create(skill=wish, kind=SkillKind.WANTS_TO_LEARN)
    for name in ("Nadia", "Omar"):
        lend(make_resident(hub, given_name=name), wish, "dix plans de financement relus")
    return zoe


def test_three_are_proposed_with_the_reason(hub: Hub, hosting: Client) -> None:
    zoe = newcomer(hub)
    apart = make_resident(hub, given_name="Pia")
    lend(apart, make_skill("Plan de financement"), "vingt plans de financement relus")
    AvoidPair.objects.create(person=apart, other=zoe)
    page = hosting.get(f"/lundi/newcomer/{zoe.pk}/presenter/").content.decode()
    assert "Nadia prête «\u202fPlan de financement\u202f»" in page
    assert "Pia" not in page


def test_both_are_told_of_each_other_and_no_address_is_given(hub: Hub, hosting: Client) -> None:
    zoe = newcomer(hub)
    nadia, omar = Person.objects.filter(given_name__in=("Nadia", "Omar")).order_by("given_name")
    page = act(hosting, "newcomer", zoe.pk, "presenter", close=[nadia.pk], other=omar.pk)
    assert "C’est fait" in page
    titles = dict(Notice.objects.values_list("recipient", "title"))
    assert titles[nadia.pk] == f"Hugo te présente {zoe.name}"
    assert set(titles) == {zoe.pk, nadia.pk, omar.pk}
    assert Notice.objects.filter(recipient=zoe).count() == 2
    facts = str(list(Notice.objects.values_list("facts", "title", "path")))
    assert all(person.email not in facts for person in (zoe, nadia, omar))
    assert folded("newcomer") == 7


@pytest.mark.parametrize("other", ["", "personne", "\x00"])
def test_nobody_is_introduced_to_nobody(hub: Hub, hosting: Client, other: str) -> None:
    zoe = newcomer(hub)
    path = f"/lundi/newcomer/{zoe.pk}/presenter/"
    assert hosting.post(path, {"other": other}).status_code == 422
    assert Notice.objects.count() == 0


def test_somebody_of_another_hive_is_not_introduced(hub: Hub, hosting: Client) -> None:
    zoe, far = newcomer(hub), make_resident(make_hub("Ailleurs"))
    path = f"/lundi/newcomer/{zoe.pk}/presenter/"
    assert hosting.post(path, {"other": str(far.pk)}).status_code == 422
    assert Notice.objects.count() == 0


# Who may


@pytest.mark.parametrize("gesture", ["appeler", "presenter", "pause", "merci"])
def test_hosts_of_elsewhere_find_no_gesture(client: Client, hub: Hub, gesture: str) -> None:
    person = make_resident(hub)
    client.force_login(make_host(make_hub()))
    for kind in ("newcomer", "isolated", "silent", "generous"):
        assert client.get(f"/lundi/{kind}/{person.pk}/{gesture}/").status_code == 404
        assert client.post(f"/lundi/{kind}/{person.pk}/{gesture}/").status_code == 404


def test_hosts_of_elsewhere_undo_nothing(
    client: Client, hub: Hub, host: Person, need: Need
) -> None:
    nadia = generous(hub)
    client.force_login(host)
    act(client, "generous", nadia.pk, "pause", days="14")
    act(client, "need", need.pk, "buzz")
    client.force_login(make_host(make_hub()))
    for kind, pk, gesture in (("generous", nadia.pk, "pause"), ("need", need.pk, "buzz")):
        path = f"/lundi/{kind}/{pk}/annuler/{gesture}/"
        assert client.post(path).status_code == 404
    assert (Pause.objects.count(), need.steps.count()) == (1, 1)


def test_members_have_no_gestures(client: Client, need: Need) -> None:
    client.force_login(need.author)
    assert client.get(f"/lundi/need/{need.pk}/appeler/").status_code == 404
    assert client.get(f"/lundi/need/{need.pk}/annuler/buzz/").status_code == 404


def test_a_late_promise_is_asked_about_and_blames_nobody(hub: Hub, hosting: Client) -> None:
    late = promise_late(hub)
    act(hosting, "promise", late.pk, "fait")
    assert set(Notice.objects.values_list("recipient", "facts__word")) == {
        (late.giver_id, "kept"),
        (late.receiver_id, "kept"),
    }
    BuzzPromise.objects.filter(pk=late.pk).update(settled_by=late.giver)
    assert "changé entre-temps" in act(hosting, "promise", late.pk, "fait")


def test_a_host_does_not_shorten_the_pause_that_somebody_took(hub: Hub, hosting: Client) -> None:
    nadia = make_resident(hub, given_name="Nadia")
    pause(person=nadia, by=nadia)

    act(hosting, "generous", nadia.pk, "pause", days="14")

    assert list(Pause.objects.filter(person=nadia).values_list("to_on", flat=True)) == [None]
    assert told(nadia) == []
