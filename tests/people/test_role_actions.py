import pytest

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.people.actions import roles
from essaim.people.models import NetworkRole, PersonState, Role
from tests.factories import make_administrator, make_director, make_host, make_hub, make_person

pytestmark = pytest.mark.django_db


def test_director_gives_and_takes_roles() -> None:
    director, lea = make_director(), make_person()

    roles.give_role(person=lea, role=Role.ADMINISTRATOR, by=director)
    roles.give_role(person=lea, role=Role.DIRECTOR, by=director)
    roles.take_role(person=lea, role=Role.DIRECTOR, by=director)

    assert list(lea.network_roles.values_list("role", flat=True)) == [Role.ADMINISTRATOR]
    assert [entry.verb for entry in journal.of(lea)] == ["role.give", "role.give", "role.take"]


def test_host_gives_no_network_role() -> None:
    host = make_host(make_hub())

    with pytest.raises(NotAllowed):
        roles.give_role(person=host, role=Role.DIRECTOR, by=host)


def test_role_is_given_and_taken_once() -> None:
    director, lea = make_director(), make_person()
    roles.give_role(person=lea, role=Role.DIRECTOR, by=director)

    with pytest.raises(roles.HasRole):
        roles.give_role(person=lea, role=Role.DIRECTOR, by=director)
    roles.take_role(person=lea, role=Role.DIRECTOR, by=director)
    with pytest.raises(roles.RoleGone):
        roles.take_role(person=lea, role=Role.DIRECTOR, by=director)


def test_who_has_left_gets_no_role() -> None:
    gone = make_person(state=PersonState.LEFT)

    with pytest.raises(NotAllowed):
        roles.give_role(person=gone, role=Role.DIRECTOR, by=make_director())


def test_last_administrator_stays() -> None:
    admin, director = make_administrator(), make_director()

    with pytest.raises(roles.LastAdministrator):
        roles.take_role(person=admin, role=Role.ADMINISTRATOR, by=director)
    with pytest.raises(roles.LastAdministrator):
        roles.end_everything(person=admin)

    make_administrator()
    roles.take_role(person=admin, role=Role.ADMINISTRATOR, by=admin)
    assert NetworkRole.objects.filter(role=Role.ADMINISTRATOR).count() == 1
