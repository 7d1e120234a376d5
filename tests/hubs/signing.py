"""A member who signs in by password."""

from typing import Any

from django.test import Client

from essaim.hubs.actions.invitations import confirm_address
from tests.factories import make_person

PASSWORD = "un mur de briques rousses"
LOGIN = "/compte/login/"


def make_member(**fields: Any) -> Any:
    person = make_person(**fields)
    person.set_password(PASSWORD)
    person.save()
    confirm_address(person=person)
    return person


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
