import pytest
from django.core.management import CommandError, call_command

from essaim.core.models import JournalEntry
from essaim.home.demo.world import DOORS, PASSWORD
from essaim.home.readiness import administrators, demonstration_accounts
from essaim.people.actions.roles import HasRole
from essaim.people.models import NetworkRole, PersonState, Role
from tests.factories import make_administrator, make_director, make_person

pytestmark = pytest.mark.django_db


def test_accounts_of_the_demonstration_are_told_while_their_password_is_public() -> None:
    host = make_person(email=DOORS[0].email)
    assert list(demonstration_accounts()) == []

    host.set_password(PASSWORD)
    host.save()

    [(problem, remedy)] = demonstration_accounts()
    assert "hote@example.org" in problem
    assert remedy


def test_a_network_without_an_administrator_is_told_with_the_command_that_names_one() -> None:
    aicha = make_director(email="aicha@example.org")
    make_administrator(state=PersonState.LEFT)
    [(problem, remedy)] = administrators()
    assert "no administrator" in problem
    assert "essaim name-administrator aicha@example.org" in remedy

    call_command("name_administrator", "Aicha@example.org")

    assert list(administrators()) == []
    assert NetworkRole.objects.filter(person=aicha, role=Role.ADMINISTRATOR).exists()
    [line] = JournalEntry.objects.filter(verb="role.give")
    assert (line.actor, line.thing_id, line.facts) == (None, aicha.pk, {"role": "administrator"})


@pytest.mark.parametrize("state", [PersonState.EXPECTED, PersonState.LEFT])
def test_only_a_member_who_can_sign_in_is_named(state: PersonState) -> None:
    make_person(email="zoe@example.org", state=state)

    with pytest.raises(CommandError, match="not a member who can sign in"):
        call_command("name_administrator", "zoe@example.org")

    assert not NetworkRole.objects.exists()


def test_naming_nobody_or_the_same_twice_is_refused_in_words() -> None:
    make_administrator(email="aicha@example.org")

    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("name_administrator", "nobody@example.org")
    with pytest.raises(CommandError, match=str(HasRole.message)):
        call_command("name_administrator", "aicha@example.org")

    assert NetworkRole.objects.count() == 1
