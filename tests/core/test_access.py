import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from essaim.core import access
from tests.factories import make_person


@access.allow(lambda person: person.given_name == "Léa")
def only_lea(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.django_db
def test_the_rule_opens_the_view(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = make_person("Léa")

    assert only_lea(request).content == b"hello"


@pytest.mark.django_db
def test_for_others_the_view_does_not_exist(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = make_person("Paul")

    with pytest.raises(Http404):
        only_lea(request)


def test_a_view_that_says_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = [path("a/", forgotten), path("b/", access.public(lambda request: HttpResponse()))]
    monkeypatch.setattr(
        access, "get_resolver", lambda: type("Resolver", (), {"url_patterns": patterns})
    )

    assert access.undeclared_views() == [f"{__name__}.forgotten"]
    [error] = access.every_view_says_who_may_open_it()
    assert error.id == "essaim.E001"


@pytest.mark.django_db
def test_visitors_are_asked_to_sign_in_and_come_back(client: Client) -> None:
    response = client.get("/messages/?page=2")

    assert response.status_code == 302
    assert response.headers["Location"] == "/compte/login/?next=/messages/%3Fpage%3D2"


@pytest.mark.django_db
def test_what_a_signed_in_person_sees_stays_in_no_cache(client: Client) -> None:
    assert "Cache-Control" not in client.get("/").headers

    client.force_login(make_person())

    assert client.get("/messages/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_fragment_sends_the_whole_page_to_the_log_in(client: Client) -> None:
    response = client.get("/messages/", headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == "/compte/login/"
