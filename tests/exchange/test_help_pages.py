"""The pages of help: the list, one help, brain-time, the host's two pages, the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.figures import FIGURES, Scope, measure
from essaim.exchange.actions import help as actions
from essaim.exchange.models import HelpExchange, HelpState, Transfer
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import make_exchange, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def lea(client: Client, hub: Hub) -> Person:
    person = make_resident(hub)
    client.force_login(person)
    return person


def make_confirmed(giver: Person, receiver: Person, hub: Hub, minutes: int = 60) -> HelpExchange:
    exchange = make_exchange(giver, receiver, hub, title="Relire un bail")
    actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver)
    return actions.confirm_help(exchange=exchange, by=receiver)


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"exchange:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_puts_first_what_waits_for_a_word(client: Client, lea: Person, hub: Hub) -> None:
    karim = make_resident(hub, given_name="Karim")
    waiting = make_exchange(karim, lea, hub, title="Un pitch")
    actions.claim_minutes(exchange=waiting, minutes=30, by=karim)
    make_confirmed(lea, karim, hub)

    shown = text(client, "helps")

    first, rest = shown.split('role="search"')
    assert "À faire d’abord" in first
    assert "Un pitch" in first
    assert "Relire un bail" not in first
    assert "Relire un bail" in rest


def test_list_is_searched_without_accents_by_title_or_name(
    client: Client, lea: Person, hub: Hub
) -> None:
    make_exchange(make_resident(hub, given_name="Zoé"), lea, hub, title="Étude de marché")
    make_exchange(make_resident(hub, given_name="Karim"), lea, hub, title="Un logo")

    assert "Un logo" not in text(client, "helps", q="etude")
    assert "Étude de marché" in text(client, "helps", q="zoe")
    assert "Aucun coup de main" in text(client, "helps", q="introuvable")


@pytest.mark.parametrize(("side", "title"), [("given", "Donné"), ("received", "Reçu")])
def test_list_is_filtered_by_side(
    client: Client, lea: Person, hub: Hub, side: str, title: str
) -> None:
    other = make_resident(hub)
    make_exchange(lea, other, hub, title="Donné")
    make_exchange(other, lea, hub, title="Reçu")

    shown = text(client, "helps", side=side)

    assert [word for word in ("Donné", "Reçu") if f">{word}</a>" in shown] == [title]


def test_list_holds_twenty_on_a_page(client: Client, lea: Person, hub: Hub) -> None:
    other = make_resident(hub)
    for number in range(21):
        make_exchange(lea, other, hub, title=f"Aide {number:02}", state=HelpState.CANCELLED)

    assert "page 2 sur 2" in text(client, "helps", page="2")


def test_my_list_is_taken_away_as_csv(client: Client, lea: Person, hub: Hub) -> None:
    make_confirmed(lea, make_resident(hub), hub)
    make_confirmed(make_resident(hub), make_resident(hub), hub)

    answer: Any = client.get(reverse("exchange:helps_csv"))

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(";60;confirmé")


def test_help_of_others_does_not_exist(client: Client, lea: Person, hub: Hub) -> None:
    exchange = make_exchange(make_resident(hub), make_resident(hub), hub)

    for name in ("help_agree", "help_claim", "help_confirm", "help_dispute", "help_cancel"):
        answer = client.post(reverse(f"exchange:{name}", args=[exchange.pk]), {"minutes": 30})
        assert answer.status_code == 404
    assert client.get(reverse("exchange:help", args=[exchange.pk])).status_code == 404


def test_addresses_are_shown_from_the_yes(client: Client, lea: Person, hub: Hub) -> None:
    karim = make_resident(hub, phone="06 01 02 03 04")
    exchange = make_exchange(karim, lea, hub, state=HelpState.PROPOSED, proposed_by=karim)
    assert karim.email not in text(client, "help", exchange.pk)

    client.post(reverse("exchange:help_agree", args=[exchange.pk]))

    shown = text(client, "help", exchange.pk)
    assert karim.email in shown
    assert "06 01 02 03 04" in shown


def test_whole_way_from_the_claim_to_the_thanks(client: Client, lea: Person, hub: Hub) -> None:
    karim = make_resident(hub)
    exchange = make_exchange(karim, lea, hub)
    client.post(reverse("exchange:help_claim", args=[exchange.pk]), {"minutes": "45"})
    client.force_login(karim)
    client.post(reverse("exchange:help_confirm", args=[exchange.pk]))
    client.force_login(lea)
    client.post(
        reverse("exchange:help_thank", args=[exchange.pk]),
        {"text": "Merci, c’est limpide.", "audience": "hub"},
    )

    assert "Merci, c’est limpide." in text(client, "help", exchange.pk)
    assert Transfer.objects.get().minutes == 45


def test_minutes_that_make_no_sense_are_said_beside_the_field(
    client: Client, lea: Person, hub: Hub
) -> None:
    exchange = make_exchange(lea, make_resident(hub), hub)

    answer = client.post(reverse("exchange:help_claim", args=[exchange.pk]), {"minutes": "9999"})

    assert answer.status_code == 422
    assert "1440" in answer.content.decode()


def test_refusal_is_said_on_the_page(client: Client, lea: Person, hub: Hub) -> None:
    exchange = make_exchange(lea, make_resident(hub), hub, state=HelpState.CANCELLED)

    answer = client.post(
        reverse("exchange:help_claim", args=[exchange.pk]), {"minutes": "30"}, follow=True
    )

    assert "entre-temps" in answer.content.decode()


def test_small_difference_is_settled_from_the_page(client: Client, lea: Person, hub: Hub) -> None:
    karim = make_resident(hub)
    exchange = make_exchange(karim, lea, hub)
    actions.claim_minutes(exchange=exchange, minutes=60, by=karim)

    client.post(reverse("exchange:help_dispute", args=[exchange.pk]), {"minutes": "45", "text": ""})

    assert Transfer.objects.get().minutes == 45


def test_help_is_proposed_to_somebody_by_name(client: Client, lea: Person, hub: Hub) -> None:
    karim = make_resident(hub)

    client.post(
        reverse("exchange:propose_help", args=[karim.pk]),
        {"title": "Un logo", "direction": "give", "minutes": "30"},
    )

    exchange = HelpExchange.objects.get()
    assert (exchange.giver, exchange.receiver, exchange.state) == (lea, karim, HelpState.PROPOSED)
    assert "Un logo" in text(client, "help", exchange.pk)


def test_brain_time_tells_given_received_and_met(client: Client, lea: Person, hub: Hub) -> None:
    make_confirmed(lea, make_resident(hub), hub, 90)
    make_confirmed(make_resident(hub), lea, hub, 30)

    shown = text(client, "brain_time")

    assert "<b>1 h 30</b>" in shown.replace("\xa0", " ").replace("\u202f", " ")
    assert "<b>30 min</b>" in shown.replace("\xa0", " ").replace("\u202f", " ")
    assert "<b>2</b>" in shown


def test_host_settles_a_disagreement_of_own_hive_only(client: Client, hub: Hub) -> None:
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub)
    actions.claim_minutes(exchange=exchange, minutes=120, by=giver)
    actions.dispute_help(exchange=exchange, minutes=30, by=receiver)
    settle = reverse("exchange:settle", args=[exchange.pk])

    client.force_login(make_host(make_hub()))
    assert client.post(settle, {"minutes": "60"}).status_code == 404
    client.force_login(make_host(hub))
    assert exchange.title in text(client, "disputes")
    client.post(settle, {"minutes": "60"})

    assert Transfer.objects.get().minutes == 60


def test_host_corrects_by_name_in_own_hive_only(client: Client, hub: Hub) -> None:
    giver = make_resident(hub, given_name="Zoé")
    make_confirmed(giver, make_resident(hub), hub)
    row = Transfer.objects.get()
    address = reverse("exchange:correct", args=[row.pk])

    client.force_login(make_host(make_hub()))
    assert client.get(address).status_code == 404
    client.force_login(make_host(hub))
    assert address in text(client, "corrections", q="zoe")
    client.post(address, {"minutes": "30", "reason": "minutes"})

    assert Transfer.objects.helping().get().minutes == 30


def test_members_do_not_find_the_pages_of_hosts(client: Client, lea: Person) -> None:
    for name in ("disputes", "corrections"):
        assert client.get(reverse(f"exchange:{name}")).status_code == 404


def test_figures_open_the_rows_behind_them(client: Client, hub: Hub) -> None:
    far = make_hub()
    exchange = make_confirmed(make_resident(hub), make_resident(far), hub)
    actions.thank(exchange=exchange, text="Merci", by=exchange.receiver)
    host = make_host(hub)
    scope = Scope(host, hub.pk, timezone.now() - timedelta(days=1), timezone.now())
    client.force_login(host)

    values = {code: measure(FIGURES[code], scope) for code in CODES}

    assert values == {"help_given": 60, "help_received": 0, "help_confirmed": 1, "thanks": 1}
    for code in CODES:
        answer = client.get(reverse("core:figure", args=[code]), {"hub": str(hub.pk)})
        assert answer.status_code == 200
    other = client.get(reverse("core:figure", args=["help_given"]), {"hub": str(far.pk)})
    assert other.status_code == 404


CODES = ("help_given", "help_received", "help_confirmed", "thanks")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("helps", 6), ("brain_time", 11), ("disputes", 6), ("corrections", 7)]
)
def test_lists_take_a_constant_number_of_queries(
    client: Client, hub: Hub, name: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    host = make_host(hub)
    client.force_login(host)
    for _ in range(count):
        make_confirmed(make_resident(hub), host, hub)
        ahead = timezone.now() + timedelta(days=1)
        make_exchange(make_resident(hub), host, hub, meets_at=ahead)
        one, other = make_resident(hub), make_resident(hub)
        disputed = make_exchange(one, other, hub)
        actions.claim_minutes(exchange=disputed, minutes=120, by=one)
        actions.dispute_help(exchange=disputed, minutes=30, by=other)

    with django_assert_num_queries(queries):
        text(client, name)


def test_one_help_takes_seven_queries(
    client: Client, lea: Person, hub: Hub, django_assert_num_queries: Any
) -> None:
    exchange = make_confirmed(lea, make_resident(hub), hub)

    with django_assert_num_queries(7):
        text(client, "help", exchange.pk)
