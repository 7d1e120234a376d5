"""Pages of encounters: mine, one, the link of the mail, the round of the hive, what came of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.exchange import encounter_links
from essaim.exchange.actions import rounds
from essaim.exchange.models import (
    Arm,
    AvoidPair,
    Encounter,
    EncounterCard,
    EncounterGuest,
    EncounterPlace,
    EncounterRhythm,
    EncounterRound,
    EncounterState,
    RhythmMode,
    RoundState,
    Told,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.exchange.meeting import make_encounter, make_guest, make_round, place_of, reread
from tests.exchange.reading import text_of
from tests.factories import make_director, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def lea(hub: Hub, client: Client) -> Person:
    person = make_guest(hub, given_name="Léa", language="fr")
    client.force_login(person)
    return person


@pytest.fixture
def karim(hub: Hub) -> Person:
    return make_guest(hub, given_name="Karim", language="fr")


def tell(client: Client, encounter: Encounter, **said: Any) -> Any:
    return client.post(reverse("exchange:encounter_tell", args=[encounter.pk]), said, follow=True)


def test_joining_pausing_and_leaving_are_one_tap_each(client: Client, hub: Hub) -> None:
    person = make_resident(hub, language="fr")
    client.force_login(person)
    assert "J’en suis" in text_of(client.get(reverse("exchange:encounters")))

    client.post(reverse("exchange:encounters_join"))
    assert "Tu en es" in text_of(client.get(reverse("exchange:encounters")))
    client.post(reverse("exchange:encounters_pause"), {"weeks": "8"})
    paused = EncounterGuest.objects.get().paused_until
    assert paused == timezone.localdate() + timedelta(weeks=8)
    assert "Tu es en pause" in text_of(client.get(reverse("exchange:encounters")))
    client.post(reverse("exchange:encounters_leave"))

    assert not EncounterGuest.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_my_encounters_cost_the_same_however_many(
    client: Client, hub: Hub, lea: Person, django_assert_num_queries: Any, rows: int
) -> None:
    for _row in range(rows):
        make_encounter(hub, lea, make_guest(hub))
        make_encounter(hub, lea, make_guest(hub), state=EncounterState.SKIPPED)
    client.get(reverse("exchange:encounters"))

    with django_assert_num_queries(9):
        client.get(reverse("exchange:encounters"))


def test_the_card_says_what_is_useful_what_is_not_expected_and_how_to_begin(
    client: Client, hub: Hub, lea: Person, karim: Person
) -> None:
    encounter = make_encounter(hub, lea, karim)
    EncounterCard.objects.create(
        encounter=encounter,
        reader=lea,
        other=karim,
        facts={
            "want": {"kind": "need", "quote": "Relire mon bail"},
            "relevant": {"kind": "skill", "quote": "dix ans de baux", "label_fr": "Droit"},
            "surprising": {"kind": "about", "quote": "je répare des orgues"},
            "question": {"kind": "learn", "label_fr": "Photographie"},
        },
    )

    page = text_of(client.get(reverse("exchange:encounter", args=[encounter.pk])))

    assert "Tu cherches : « Relire mon bail »." in page.replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    assert "dix ans de baux" in page
    assert "je répare des orgues" in page
    assert "Photographie" in page


def test_both_choose_and_the_page_says_when(
    client: Client, hub: Hub, lea: Person, karim: Person
) -> None:
    encounter = make_encounter(hub, lea, karim)
    answer = tell(client, encounter, a="choose", turn="1", suits=["1", "2"])
    assert "C’est noté" in text_of(answer)
    client.force_login(karim)

    answer = tell(client, encounter, a="choose", turn="1", suits=["2"])

    assert "C’est fixé" in text_of(answer)
    ics = client.get(reverse("exchange:encounter_ics", args=[encounter.pk]))
    assert "Rencontre : Léa".replace(" :", "\u00a0:") in ics.content.decode()


def test_saying_how_it_was_asks_both_questions(
    client: Client, hub: Hub, lea: Person, karim: Person
) -> None:
    encounter = make_encounter(hub, lea, karim)
    answer = tell(client, encounter, a="met", useful="4")
    assert answer.status_code == 422
    assert reread(encounter).state == EncounterState.PROPOSED

    tell(client, encounter, a="met", useful="4", anyway="no")
    tell(client, encounter, a="help")

    place = place_of(encounter, lea)
    assert (place.told, place.useful, place.anyway, place.since) == (Told.MET, 4, False, "help")


def test_what_one_said_is_not_shown_to_the_other(
    client: Client, hub: Hub, lea: Person, karim: Person
) -> None:
    encounter = make_encounter(hub, lea, karim, state=EncounterState.MET, met_at=timezone.now())
    EncounterPlace.objects.filter(person=karim).update(told="met", useful=1, anyway=True)

    page = text_of(client.get(reverse("exchange:encounter", args=[encounter.pk])))

    assert "utile 1" not in page
    assert "de toute façon." not in page


def test_not_together_any_more_is_one_tap(
    client: Client, hub: Hub, lea: Person, karim: Person
) -> None:
    encounter = make_encounter(hub, lea, karim)

    client.post(reverse("exchange:encounter_never", args=[encounter.pk, karim.pk]))

    assert AvoidPair.objects.filter(person=lea, other=karim).exists()


def test_opening_the_link_of_the_mail_changes_nothing_and_its_buttons_answer(
    hub: Hub, karim: Person
) -> None:
    lea, visitor = make_guest(hub, given_name="Léa"), Client()
    encounter = make_encounter(hub, lea, karim)
    path = encounter_links.path_for(place_of(encounter, lea))

    page = visitor.get(f"{path}?a=skip")
    assert (page.status_code, place_of(encounter, lea).told) == (200, "")
    chosen = visitor.post(path, {"a": "choose", "turn": "1", "suits": ["0"]})
    assert "C’est noté" in text_of(chosen)
    assert place_of(encounter, lea).suits == [0]
    visitor.post(path, {"a": "skip"})

    assert reread(encounter).state == EncounterState.SKIPPED


@pytest.mark.parametrize("why", ["forged", "left", "cancelled"])
def test_a_link_that_is_nobodys_opens_nothing(hub: Hub, karim: Person, why: str) -> None:
    lea = make_guest(hub)
    encounter = make_encounter(hub, lea, karim)
    path = encounter_links.path_for(place_of(encounter, lea))
    if why == "left":
        Person.objects.filter(pk=lea.pk).update(state=PersonState.LEFT)
    elif why == "cancelled":
        Encounter.objects.filter(pk=encounter.pk).delete()
    else:
        path = path[:-2] + "x/"

    assert Client().get(path).status_code in (404, 410)
    assert Client().post(path, {"a": "skip"}).status_code in (404, 410)


def test_a_link_of_long_ago_is_over(
    hub: Hub, karim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    encounter = make_encounter(hub, make_guest(hub), karim)
    path = encounter_links.path_for(place_of(encounter, karim))
    later = timezone.now() + timedelta(days=46)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert Client().get(path).status_code == 410


def test_the_host_sees_the_draw_and_people_do_not(client: Client, hub: Hub, lea: Person) -> None:
    for name in ("Karim", "Nadia", "Omar"):
        make_guest(hub, given_name=name)
    found = rounds.draw_round(hub=hub, by=None)
    encounter = found.encounters.order_by("pk")[0]
    card = encounter.cards.select_related("reader")[0]
    card.facts = {"relevant": {"kind": "about", "quote": "Je relis des baux"}}
    card.save()
    address = reverse("exchange:encounter", args=[encounter.pk])
    assert client.get(address).status_code == 404
    assert client.get(reverse("exchange:encounter_rounds")).status_code == 404
    client.force_login(make_host(hub))

    page = re.sub(r"</?bdi>", "", text_of(client.get(reverse("exchange:encounter_rounds"))))

    assert all(name in page for name in ("Léa", "Karim", "Nadia", "Omar"))
    assert f"{card.reader.given_name} lira" in page
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("guests", [4, 12])
def test_the_page_of_the_draw_costs_the_same_however_many(
    client: Client, hub: Hub, django_assert_num_queries: Any, guests: int
) -> None:
    for _guest in range(guests):
        make_guest(hub)
    rounds.draw_round(hub=hub, by=None)
    client.force_login(make_host(hub))
    client.get(reverse("exchange:encounter_rounds"))

    with django_assert_num_queries(16):
        client.get(reverse("exchange:encounter_rounds"))


def test_the_host_changes_sends_and_cancels_from_the_page(client: Client, hub: Hub) -> None:
    for _guest in range(6):
        make_guest(hub)
    client.force_login(make_host(hub))
    client.post(reverse("exchange:round_draw", args=[hub.pk]))
    found = EncounterRound.objects.get()
    first, second, third = found.encounters.order_by("pk")
    one, other = (each.places.order_by("pk")[0].person for each in (first, second))

    swapped = {"one": one.pk, "other": other.pk}
    client.post(reverse("exchange:round_swap", args=[found.pk]), swapped)
    client.post(reverse("exchange:round_drop", args=[third.pk]))
    client.post(reverse("exchange:round_send", args=[found.pk]))

    assert EncounterRound.objects.get().state == RoundState.SENT
    states = list(found.encounters.order_by("pk").values_list("state", "arm"))
    assert states == [
        (EncounterState.PROPOSED, Arm.HOST),
        (EncounterState.PROPOSED, Arm.HOST),
        (EncounterState.CANCELLED, third.arm),
    ]
    client.post(reverse("exchange:round_draw", args=[hub.pk]))
    waiting = EncounterRound.objects.get(state=RoundState.DRAWN)
    client.post(reverse("exchange:round_cancel", args=[waiting.pk]))
    assert not EncounterRound.objects.filter(state=RoundState.DRAWN).exists()


def test_the_host_chooses_how_rounds_are_drawn(client: Client, hub: Hub) -> None:
    client.force_login(make_host(hub))
    address = reverse("exchange:round_rhythm", args=[hub.pk])

    client.post(address, {"mode": "trial"})
    client.post(address, {"mode": "nonsense"})

    assert EncounterRhythm.objects.get(hub=hub).mode == RhythmMode.TRIAL


def test_with_too_few_people_the_host_is_told_what_to_do(client: Client, hub: Hub) -> None:
    make_guest(hub)
    client.force_login(make_host(hub))

    page = text_of(client.get(reverse("exchange:encounter_rounds")))

    assert "Pas encore assez de monde" in page


def test_a_director_reads_the_measures_of_the_network(client: Client, hub: Hub) -> None:
    client.force_login(make_director())

    for query in ("", f"?hub={hub.slug}&days=365", "?days=7"):
        page = client.get(reverse("exchange:encounter_measures") + query)
        assert page.status_code == 200
    assert client.get(reverse("exchange:encounter_measures") + "?hub=x").status_code == 404


def test_measures_of_a_hive_are_not_those_of_another(client: Client, hub: Hub) -> None:
    elsewhere = make_hub("Ailleurs")
    found = make_round(elsewhere)
    two = make_guest(elsewhere), make_guest(elsewhere)
    make_encounter(elsewhere, *two, found=found, state=EncounterState.MET, met_at=timezone.now())
    client.force_login(make_host(hub))

    page = text_of(client.get(reverse("exchange:encounter_measures")))

    assert page.count("rien encore") == 6
    other = client.get(reverse("exchange:encounter_measures") + f"?hub={elsewhere.slug}")
    assert other.status_code == 404
