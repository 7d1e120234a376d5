"""Odd input is refused in words, never a crash."""

import pytest
from django.test import Client
from django.urls import reverse

from essaim.people.actions.skills import propose_skill
from essaim.people.forms import VentureForm
from tests.attack.importing import checked_run
from tests.factories import make_host, make_hub, make_resident

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
