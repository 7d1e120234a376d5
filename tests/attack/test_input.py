"""Odd input is refused in words, never a crash."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from essaim.core.models import Notice
from essaim.core.writing import SEARCH_WORDS, sought
from essaim.exchange import answer_links
from essaim.exchange.actions.hosting import TooManyWords, write_to_author
from essaim.exchange.models import AskState, Need, NeedState
from essaim.home.resident_forms import ResidentsForm
from essaim.hubs.invitation_forms import InviteForm
from essaim.hubs.models import Hub
from essaim.people.actions.skills import propose_skill
from essaim.people.forms import VentureForm
from essaim.people.models import Person, Venture
from tests.attack.importing import checked_run
from tests.factories import (
    lend,
    make_ask,
    make_host,
    make_hub,
    make_need,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db


def test_a_website_is_no_longer_than_its_column() -> None:
    words = {"name": "A", "purpose": "B", "stage": "idea", "audience": "network"}

    form = VentureForm(words | {"website": "https://a.example/" + "a" * 300})

    assert list(form.errors) == ["website"]


def test_a_proposed_skill_holds_no_control_character() -> None:
    skill = propose_skill(label="Sou\x00der\n\u202eici", by=make_resident())

    assert skill.label_fr == "Souder ici"


@pytest.mark.parametrize("number", ["²", "9" * 5000, "٣"])
def test_an_odd_line_number_decides_nothing(client: Client, number: str) -> None:
    hub = make_hub()
    host = make_host(hub)
    run = checked_run(host, hub)
    client.force_login(host)

    answer = client.post(
        reverse("core:import_decide", args=[run.pk]), {"line": number, "decision": "skip"}
    )

    assert answer.status_code == 302


@pytest.mark.parametrize("there", ["9" * 400, "home:day:x", "//evil.example", "\x00"])
def test_a_forged_way_back_leads_home(client: Client, there: str) -> None:
    answer = client.post(reverse("core:set_theme"), {"theme": "dark", "next": there})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("hub", ["\x00", "\ud83d", "9" * 5000])
def test_monday_comes_back_to_no_forged_hive(client: Client, hub: str) -> None:
    client.force_login(make_host(make_hub()))
    fold = reverse("home:monday_fold", args=["newcomer", uuid4()])
    body = urlencode({"hub": hub.encode("utf-8", "surrogatepass")})

    answer = client.post(fold, body, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer["Location"]) == (302, reverse("home:monday"))


def test_a_search_looks_for_few_words_however_many_are_typed() -> None:
    assert sought("Abeille " * 12_800) == ["abeille"] * SEARCH_WORDS


def test_a_search_without_a_letter_finds_nobody_rather_than_everybody() -> None:
    make_venture("Les Bocaux", make_resident())

    found = [Person.objects.named("🐝"), Venture.objects.about("🐝"), Need.objects.saying("🐝")]

    assert [list(rows) for rows in found] == [[], [], []]


def test_a_host_who_types_a_sign_is_shown_nobody(client: Client) -> None:
    hub = make_hub()
    make_resident(hub, given_name="Zoé")
    client.force_login(make_host(hub))

    page = client.get(reverse("home:residents", args=[hub.slug]), {"q": "🐝"})

    assert "Zoé" not in page.content.decode()


def test_an_endless_word_instead_of_guests_is_refused_at_once() -> None:
    form = InviteForm({"guests": "a" * 100_000, "hub": ""}, hubs=Hub.objects.all())

    [error] = form.errors["guests"]

    assert len(str(error)) < 120


def test_a_note_that_is_too_long_stays_in_its_field(client: Client) -> None:
    me = make_resident()
    row = lend(me, make_skill(), note="Courte")
    client.force_login(me)

    answer = client.post(reverse("exchange:toolbox_note", args=[row.pk]), {"note": "é" * 301})

    row.refresh_from_db()
    assert (answer.status_code, row.note) == (422, "Courte")
    assert "é" * 301 in answer.content.decode()


MANY = "Demande donc à " + "é" * 300


def test_a_somebody_else_said_at_length_stays_in_its_field(client: Client) -> None:
    hub = make_hub()
    ask = make_ask(make_need(make_resident(hub), hub), make_resident(hub))
    client.force_login(ask.helper)

    page = reverse("exchange:ask_answer", args=[ask.pk])
    answers = [
        client.post(path, {"a": "other", "who": MANY})
        for path in (page, answer_links.path_for(ask))
    ]

    ask.refresh_from_db()
    assert ([one.status_code for one in answers], ask.state) == ([422, 422], AskState.SENT)
    assert all(f'value="{MANY}"' in one.content.decode() for one in answers)
    assert all("300\xa0signes au plus" in one.content.decode() for one in answers)


def test_a_need_taken_care_of_says_so_before_anything_about_words(client: Client) -> None:
    hub = make_hub()
    need = make_need(make_resident(hub), hub, state=NeedState.MET)
    ask = make_ask(need, make_resident(hub))

    answer = client.post(answer_links.path_for(ask), {"a": "other", "who": MANY})

    assert answer.status_code == 410


@pytest.mark.parametrize("words", ["é" * 1001, "", " \x00 "])
def test_what_a_host_writes_is_sent_whole_or_stays_in_its_field(client: Client, words: str) -> None:
    hub = make_hub()
    need = make_need(make_resident(hub), hub)
    client.force_login(make_host(hub))

    answer = client.post(reverse("exchange:host_write", args=[need.pk]), {"words": words})

    assert (answer.status_code, Notice.objects.count()) == (422, 0)
    assert words.replace("\x00", "") in answer.content.decode()


def test_more_words_than_a_letter_holds_are_refused_and_not_cut() -> None:
    hub = make_hub()
    need = make_need(make_resident(hub), hub)

    with pytest.raises(TooManyWords):
        write_to_author(need=need, words="é" * 1001, by=make_host(hub))


@pytest.mark.parametrize("name", ["home:directory", "exchange:needs"])
def test_a_long_search_looks_for_its_beginning_rather_than_for_everything(
    client: Client, name: str
) -> None:
    hub = make_hub()
    make_need(make_resident(hub, given_name="Zoé"), hub, title="Souder")
    client.force_login(make_resident(hub, given_name="Lire"))

    pages = [
        client.get(reverse(name), {"q": typed}).content.decode()
        for typed in ("Abeille " * 20, ("Zoé" if "home" in name else "Souder") + " " * 300)
    ]

    wanted = "Zoé" if "home" in name else "Souder"
    assert [wanted in page for page in pages] == [False, True]


def test_a_host_who_pastes_a_text_is_not_shown_every_resident() -> None:
    form = ResidentsForm({"q": "Abeille " * 20})

    assert form.wanted()["words"].startswith("Abeille Abeille")
