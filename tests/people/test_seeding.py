from io import StringIO

import pytest
from django.core.management import call_command

from essaim.exchange.actions import skills as actions
from essaim.people.models import Skill
from essaim.people.seeding import seed_skills
from essaim.people.skill_seed import SkillSeed, read_seed
from tests.factories import make_host, make_hub

pytestmark = pytest.mark.django_db


def seed(code: str, parent: str | None = None, label: str = "", *also: str) -> SkillSeed:
    label = label or code.title()
    return SkillSeed(code, parent, label, label, also, ())


def test_the_whole_file_is_brought_once() -> None:
    call_command("seed_skills", stdout=StringIO())

    again = seed_skills()

    assert Skill.objects.count() == len(read_seed()) == again.kept
    assert (again.added, again.changed) == (0, 0)
    assert Skill.objects.get(code="funding-plan").level == 3


def test_a_grown_file_adds_and_rewords() -> None:
    seed_skills([seed("sales")])

    done = seed_skills([seed("sales", None, "Vendre", "vente"), seed("pricing", "sales")])

    assert (done.added, done.changed) == (1, 1)
    assert Skill.objects.get(code="sales").also_fr == "vente"
    assert Skill.objects.get(code="pricing").parent == Skill.objects.get(code="sales")


def test_what_a_host_renamed_stays() -> None:
    seed_skills([seed("sales")])
    skill = Skill.objects.get(code="sales")
    actions.place_skill(
        skill=skill, parent=None, label_fr="Le commerce", label_en="Trade", by=make_host(make_hub())
    )

    seed_skills([seed("sales", None, "Vendre")])

    assert Skill.objects.get(code="sales").label_fr == "Le commerce"


def test_new_children_follow_a_parent_that_hosts_merged() -> None:
    seed_skills([seed("sales"), seed("trade")])
    sales, trade = Skill.objects.get(code="sales"), Skill.objects.get(code="trade")
    actions.merge_skill(skill=sales, into=trade, by=make_host(make_hub()))

    seed_skills([seed("sales"), seed("trade"), seed("pricing", "sales")])

    assert Skill.objects.get(code="pricing").parent == trade
    assert Skill.objects.get(code="sales").merged_into == trade
