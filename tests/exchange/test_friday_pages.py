"""The page of Friday's asks: what a host sees, moves and sends, and who else sees nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.exchange.actions import friday as actions
from essaim.exchange.actions.capacity import pause
from essaim.exchange.models import Ask, BatchState, EscalationStep, FridayBatch, ProposalState
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.fridays import chosen, make_helper, make_waiting
from tests.factories import make_ask, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db
PAGE = "/hote/vendredi/"


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def hosting(client: Client, host: Person) -> Client:
    client.force_login(host)
    return client


@pytest.fixture
def batch(hub: Hub, host: Person, author: Person, skill: Skill) -> FridayBatch:
    for name in ("Nadia", "Omar"):
        make_helper(hub, skill, name)
    make_waiting(author, hub, skill, title="Relire mon bail")
    return actions.draft_batch(hub=hub, by=host)


def shown(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def post(client: Client, path: str, **data: Any) -> str:
    return client.post(f"{PAGE}{path}/", data, follow=True).content.decode()


def test_each_need_is_shown_with_whom_why_and_the_load(hosting: Client, batch: FridayBatch) -> None:
    page = shown(hosting)
    assert "Relire mon bail" in page
    assert "prête «\u202fPlan de financement\u202f»" in page
    assert "demandes de la semaine\xa0: 0 sur 2" in page
    assert "Demander plutôt à" in page
    assert f'name="seen" value="{batch.changes}"' in page


def test_without_a_need_the_page_says_so_kindly(hosting: Client) -> None:
    assert "Rien à demander aujourd’hui" in shown(hosting)


def test_a_host_prepares_moves_strikes_and_sends(
    hosting: Client, hub: Hub, author: Person, skill: Skill
) -> None:
    for name in ("Nadia", "Omar"):
        make_helper(hub, skill, name)
    need = make_waiting(author, hub, skill, title="Relire mon bail")
    assert "1 besoin attend" in shown(hosting)
    post(hosting, f"{hub.pk}/preparer")
    batch = FridayBatch.objects.get()
    spare = batch.proposals.get(state=ProposalState.SPARE).helper

    post(hosting, f"{batch.pk}/besoins/{need.pk}/retirer")
    assert chosen(batch) == {}
    page = post(hosting, f"{batch.pk}/besoins/{need.pk}/choisir", helper=str(spare.pk))
    assert f"On demandera à {spare.given_name} pour «\u202fRelire mon bail\u202f»." in page

    batch.refresh_from_db()
    page = post(hosting, f"{batch.pk}/envoyer", seen=batch.changes)
    assert "on demande à 1 personne, par son nom" in page
    assert [ask.helper for ask in Ask.objects.all()] == [spare]
    assert "1 demande" in page

    page = post(hosting, f"{batch.pk}/envoyer", seen=batch.changes)
    assert "rien n’est parti deux fois" in page
    assert Ask.objects.count() == 1


def test_a_draft_that_grew_old_says_what_changed(
    hosting: Client, batch: FridayBatch, hub: Hub, author: Person, skill: Skill
) -> None:
    picked = batch.proposals.get(state=ProposalState.CHOSEN).helper
    pause(person=picked, by=picked)
    make_waiting(author, hub, skill, title="Arrivé depuis", published_at=timezone.now())
    page = shown(hosting)
    assert "en pause" in page
    assert "On ne peut plus demander à 1 personne" in page
    assert "Besoins arrivés depuis" in page
    assert "Demander à cette personne" not in page

    batch.proposals.get(helper=picked).need.delete()
    assert "Relire mon bail" not in shown(hosting)


def test_a_need_met_since_is_said_so(hosting: Client, batch: FridayBatch) -> None:
    need = batch.proposals.filter(state=ProposalState.CHOSEN).get().need
    need.expires_at = timezone.now() - timedelta(minutes=1)
    need.save(update_fields=["expires_at"])
    assert "ce besoin n’attend plus" in shown(hosting)


def test_what_could_not_leave_is_told_with_its_reason(hosting: Client, batch: FridayBatch) -> None:
    picked = batch.proposals.get(state=ProposalState.CHOSEN).helper
    pause(person=picked, by=picked)
    page = post(hosting, f"{batch.pk}/envoyer", seen=0)
    assert "Ce qui n’a pas pu partir" in page
    assert picked.name in page
    assert Ask.objects.count() == 0


def test_what_will_be_said_at_the_buzz_is_marked(hosting: Client, batch: FridayBatch) -> None:
    need = batch.proposals.filter(state=ProposalState.CHOSEN).get().need
    EscalationStep.objects.create(need=need, level=1, action="friday_bell")
    assert "sera dit au Buzz" in shown(hosting)


def test_it_is_prepared_anew_or_put_aside(
    hosting: Client, batch: FridayBatch, hub: Hub, author: Person, skill: Skill
) -> None:
    make_waiting(author, hub, skill, title="Un autre")
    post(hosting, f"{batch.pk}/refaire")
    anew = FridayBatch.objects.waiting().get()
    assert set(chosen(anew)) == {"Relire mon bail", "Un autre"}
    post(hosting, f"{anew.pk}/mettre-de-cote")
    assert FridayBatch.objects.filter(state=BatchState.DISCARDED).count() == 2


def test_a_draft_is_kept_when_there_is_nothing_to_prepare(
    hosting: Client, batch: FridayBatch, hub: Hub
) -> None:
    """One that waits for an answer meanwhile is left alone, and the draft says so itself."""
    before = chosen(batch)
    make_ask(batch.proposals.filter(state=ProposalState.CHOSEN).get().need, make_resident(hub))
    post(hosting, f"{batch.pk}/refaire")
    assert FridayBatch.objects.waiting().get() == batch
    assert chosen(batch) == before


@pytest.mark.parametrize("helper", ["", "personne", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_nobody_is_chosen_who_was_not_proposed(
    hosting: Client, batch: FridayBatch, helper: str
) -> None:
    before = chosen(batch)
    need = batch.proposals.filter(state=ProposalState.CHOSEN).get().need
    page = post(hosting, f"{batch.pk}/besoins/{need.pk}/choisir", helper=helper)
    assert "Choisis l’une des personnes proposées" in page
    assert chosen(batch) == before


@pytest.mark.parametrize("seen", ["", "-1", "x", "9999999999999999999999", "²"])
def test_a_forged_number_sends_nothing(hosting: Client, batch: FridayBatch, seen: str) -> None:
    post(hosting, f"{batch.pk}/envoyer", seen=seen)
    assert Ask.objects.count() == 0


def test_members_and_hosts_of_elsewhere_find_nothing(
    client: Client, batch: FridayBatch, hub: Hub, author: Person
) -> None:
    client.force_login(author)
    assert client.get(PAGE).status_code == 404
    client.force_login(make_host(make_hub("Ailleurs")))
    need = batch.proposals.filter(state=ProposalState.CHOSEN).get().need
    paths = (
        f"{hub.pk}/preparer", f"{batch.pk}/refaire", f"{batch.pk}/envoyer",
        f"{batch.pk}/mettre-de-cote", f"{batch.pk}/besoins/{need.pk}/choisir",
        f"{batch.pk}/besoins/{need.pk}/retirer",
    )  # fmt: skip
    assert {client.post(f"{PAGE}{path}/").status_code for path in paths} == {404}
    assert client.get(f"{PAGE}?hub={hub.slug}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    hosting: Client, hub: Hub, host: Person, skill: Skill, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        make_waiting(make_resident(hub), hub, skill, title=f"B{number}")
        make_helper(hub, skill, f"N{number}")
    first = actions.draft_batch(hub=hub, by=host)
    paused = first.proposals.filter(state=ProposalState.CHOSEN)[0].helper
    pause(person=paused, by=paused)
    actions.send_batch(batch=first, seen=0, by=host)
    for number in range(rows):
        make_waiting(make_resident(hub), hub, skill, title=f"C{number}")
        make_helper(hub, skill, f"M{number}")
    actions.draft_batch(hub=hub, by=host)
    make_waiting(make_resident(hub), hub, skill, published_at=timezone.now())
    with django_assert_num_queries(20):
        shown(hosting)
