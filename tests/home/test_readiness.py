import pytest

from essaim.home.demo.world import DOORS, PASSWORD
from essaim.home.readiness import demonstration_accounts
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_accounts_of_the_demonstration_are_told_while_their_password_is_public() -> None:
    host = make_person(email=DOORS[0].email)
    assert list(demonstration_accounts()) == []

    host.set_password(PASSWORD)
    host.save()

    [(problem, remedy)] = demonstration_accounts()
    assert "hote@example.org" in problem
    assert remedy
