import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from essaim.people.models import NetworkRole, Person
from essaim.people.rules import is_administrator, is_director
from tests.factories import make_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def type_password(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return type_password


def test_the_first_account_may_administer_and_sign_in(typed: Any) -> None:
    typed("une ruche au soleil")

    call_command("first_administrator", "Zoe@Example.org", "Zoé Du Pré")

    zoe = Person.objects.get()
    assert (zoe.email, zoe.given_name, zoe.family_name) == ("zoe@example.org", "Zoé", "Du Pré")
    assert zoe.check_password("une ruche au soleil")
    assert zoe.is_active
    assert is_administrator(zoe)
    assert is_director(zoe)


@pytest.mark.parametrize(
    ("email", "password"), [("zoe@example.org", "short"), ("not an address", "une ruche au soleil")]
)
def test_a_weak_password_or_a_wrong_address_opens_nothing(
    typed: Any, email: str, password: str
) -> None:
    typed(password)

    with pytest.raises(CommandError):
        call_command("first_administrator", email, "Zoé")

    assert Person.objects.count() == NetworkRole.objects.count() == 0


def test_there_is_only_one_first(typed: Any) -> None:
    make_administrator()
    typed("une ruche au soleil")

    with pytest.raises(CommandError, match="already"):
        call_command("first_administrator", "zoe@example.org", "Zoé")
