from django.http import HttpRequest

from essaim.people.models import Person


class SignedRequest(HttpRequest):
    """The request of a view behind `@allow`: its user is a person, never anonymous."""

    user: Person
