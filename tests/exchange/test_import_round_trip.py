"""What is exported, brought into an empty network, and exported again is the same."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.imports.kinds import KINDS
from essaim.exchange.models import Need, NeedState
from essaim.hubs.models import Hub, Residency
from essaim.people.models import (
    Affiliation,
    AffiliationRole,
    Audience,
    Person,
    PersonSkill,
    Skill,
    SkillKind,
    Venture,
)
from tests.core.importing import bring, write
from tests.factories import (
    lend,
    make_director,
    make_host,
    make_hub,
    make_need,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db

ORDER = ("skills", "people", "ventures", "toolbox", "needs")


def export(
    client: Client, kind: str, extension: str, hub: Hub | None, language: str = "fr"
) -> bytes:
    url = reverse("core:export", args=[kind, extension])
    answer: Any = client.get(
        url, {"hub": str(hub.pk) if hub else "network"}, headers={"accept-language": language}
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return b"".join(answer)


def fill(hub: Hub) -> None:
    family = make_skill("Finances", code="finances")
    skill = make_skill("Trésorerie", code="cash", parent=family, level=2, also_fr="a|b")
    lea = make_resident(
        hub, given_name="=Léa", family_name="O’Brien ; fils", phone="+33612345678", about="« Oui »"
    )
    sam = make_resident(
        hub, given_name="سلمى", family_name="العلوي", email_audience=Audience.NETWORK, language="en"
    )
    venture = make_venture("Bocaux (Lyon)", lea, siret="73282932000074", website="https://a.org")
    Affiliation.objects.filter(venture=venture).update(role=AffiliationRole.FOUNDER)
    make_venture("-Moins", sam, rna="W751000001", purpose="", trade="Trois\u202fmots")
    lend(lea, skill, note='@home ; "et" plus')
    PersonSkill.objects.create(person=sam, skill=family, kind=SkillKind.WANTS_TO_LEARN)
    make_need(lea, hub, text="deux\nlignes").skills.add(skill)
    make_need(sam, hub, title="+1", state=NeedState.MET, minutes=90, closed_at=timezone.now())


def empty() -> None:
    for model in (Need, PersonSkill, Affiliation, Venture):
        model.objects.all().delete()
    Residency.objects.all().delete()
    Person.objects.filter(hostings__isnull=True, network_roles__isnull=True).delete()
    Skill.objects.filter(level=2).delete()
    Skill.objects.all().delete()


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_export_import_export_is_the_same(
    client: Client, extension: str, whole: bool, language: str
) -> None:
    hub = make_hub("La Halle")
    director = make_director()
    client.force_login(director)
    fill(hub)
    place = None if whole else hub
    first = {kind: export(client, kind, "csv", place) for kind in ORDER}
    files = {kind: export(client, kind, extension, place, language) for kind in ORDER}

    said = export(client, "needs", "csv", place, language).decode().splitlines()[0]
    assert ("Besoin" in said) == (language == "fr")
    empty()
    for kind in ORDER:
        run = write(bring(kind, files[kind], by=director, hub_id=place.pk if place else None))
        assert [str(p) for line in run.lines.all() for p in line.told_problems] == []

    second = {kind: export(client, kind, "csv", place) for kind in ORDER}
    for kind in ORDER:
        assert sorted(second[kind].splitlines()) == sorted(first[kind].splitlines())


def test_host_exports_their_hub_alone_with_its_contacts(client: Client) -> None:
    hub, other = make_hub("La Halle"), make_hub("Ailleurs")
    mine, theirs = make_resident(hub), make_resident(other)
    client.force_login(make_host(hub))

    text = export(client, "people", "csv", hub).decode()

    assert mine.email in text
    assert theirs.email not in text


def test_address_of_a_team_mate_elsewhere_is_not_exported(client: Client) -> None:
    hub, other = make_hub("La Halle"), make_hub("Ailleurs")
    far = make_resident(other, given_name="Loin", family_name="Taine")
    make_venture("Commune", make_resident(hub), far)
    client.force_login(make_host(hub))

    text = export(client, "ventures", "csv", hub).decode()

    assert far.email not in text
    assert "Loin Taine" in text


def test_every_kind_exports_in_both_formats(client: Client) -> None:
    client.force_login(make_director())

    for kind in KINDS:
        assert export(client, kind, "xlsx", None)[:2] == b"PK"
        assert export(client, kind, "csv", None)[:3] == b"\xef\xbb\xbf"
