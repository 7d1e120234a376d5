"""Where one is signed in, and signing out: here, there, everywhere."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import outbox
from essaim.hubs.devices import device_words
from essaim.hubs.sweeps import forget_old_sessions
from tests.hubs.signing import PASSWORD, is_in, make_member, sign_in

pytestmark = pytest.mark.django_db


def test_signing_out_takes_a_press_not_a_look(client: Client) -> None:
    person = make_member()
    client.force_login(person)

    client.get("/compte/logout/")
    assert is_in(client)
    client.post("/compte/logout/")

    assert not is_in(client)


def test_one_device_is_signed_out_from_another(client: Client) -> None:
    person = make_member()
    sign_in(client, person.email)
    lost = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 15; Mobile) Firefox/140.0")
    sign_in(lost, person.email)
    page = client.get("/compte/sessions/").content.decode()
    assert "Firefox" in page
    there = UserSession.objects.get(session_key=lost.session.session_key)

    client.post(reverse("hubs:end_session", args=[there.pk]))

    assert lost.get("/compte/").status_code == 302
    assert client.get("/compte/").status_code == 200


def test_a_device_of_which_nothing_was_noted_counts_as_one(client: Client) -> None:
    client.force_login(make_member())
    UserSession.objects.all().delete()

    ways_in, devices = client.get("/compte/"), client.get("/compte/sessions/")

    assert "session ouverte sur 1 appareil" in ways_in.content.decode()
    assert "cet appareil" in devices.content.decode()


def test_session_of_someone_else_is_not_there(client: Client) -> None:
    other = Client()
    sign_in(other, make_member().email)
    theirs = UserSession.objects.get()
    client.force_login(make_member())

    response = client.post(reverse("hubs:end_session", args=[theirs.pk]))

    assert response.status_code == 404
    assert other.get("/compte/").status_code == 200


def test_all_other_devices_are_signed_out_at_once(client: Client) -> None:
    person = make_member()
    sign_in(client, person.email)
    others = [Client(), Client()]
    for other in others:
        sign_in(other, person.email)

    client.post("/compte/sessions/")

    assert [other.get("/compte/").status_code for other in others] == [302, 302]
    assert client.get("/compte/").status_code == 200


def test_sessions_that_ended_are_forgotten(client: Client) -> None:
    person = make_member()
    sign_in(client, person.email)
    old = Client()
    sign_in(old, person.email)
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(session_key=old.session.session_key).update(expire_date=past)

    forget_old_sessions(timezone.now())

    assert UserSession.objects.get().session_key == client.session.session_key
    assert Session.objects.count() == 1


def test_new_password_signs_the_other_devices_out_and_is_told_by_mail(client: Client) -> None:
    person = make_member(language="en")
    sign_in(client, person.email)
    other = Client()
    sign_in(other, person.email)

    answer = client.post(
        "/compte/password/change/",
        {"oldpassword": PASSWORD, "password1": "encore une autre phrase"},
    )

    assert answer["Location"] == reverse("hubs:security")
    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302
    outbox.deliver()
    assert mail.outbox[-1].subject == "Your password is changed"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.0", ""),
    ],
)
def test_device_is_named_as_its_owner_would(user_agent: str, words: str) -> None:
    browser, _, machine = words.partition(", ")

    said = device_words(user_agent)

    assert (browser in said, machine in said, bool(said)) == (True, True, bool(words))
