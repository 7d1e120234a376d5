"""Coming in: who may, by which ways, and who cannot keep whom out."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.people.models import PersonState
from tests.hubs.signing import LOGIN, PASSWORD, is_in, make_member, sign_in

pytestmark = pytest.mark.django_db


CODE = "/compte/login/code/"


FORGOTTEN = "/compte/password/reset/"


def code_in_mailbox() -> str:
    outbox.deliver()
    found = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group()


def test_password_opens_the_account_and_remembers_the_device(client: Client) -> None:
    person = make_member()

    response = sign_in(client, person.email)

    assert response["Location"] == reverse("home:day")
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_page_asked_for_opens_after_signing_in(client: Client) -> None:
    person = make_member()
    asked = "/compte/login/?next=/compte/"
    assert 'name="next" value="/compte/"' in client.get(asked).content.decode()

    response = client.post(LOGIN, {"login": person.email, "password": PASSWORD, "next": "/compte/"})

    assert response["Location"] == "/compte/"


def test_signing_in_leads_nowhere_else(client: Client) -> None:
    person = make_member()

    response = client.post(
        LOGIN, {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert response["Location"] == reverse("home:day")


def test_code_by_mail_opens_the_account_in_one_tap(client: Client) -> None:
    person = make_member(language="fr")

    # The button of the sign-in page posts the field of that page.
    asked = client.post(CODE, {"login": person.email, "password": ""})
    response = client.post(asked["Location"], {"code": code_in_mailbox()})

    assert response["Location"] == reverse("home:day")
    assert is_in(client)
    assert mail.outbox[-1].to == [person.email]


def test_mistyped_address_can_be_put_right(client: Client) -> None:
    client.post(CODE, {"email": "faute@example.org"})

    answer = client.post("/compte/logout/", {"next": CODE})

    assert answer["Location"] == CODE
    assert client.get(CODE).status_code == 200


def test_code_of_another_browser_opens_nothing(client: Client) -> None:
    person = make_member()
    client.post(CODE, {"email": person.email})
    code = code_in_mailbox()
    other = Client()
    asked = other.post(CODE, {"email": make_member().email})

    other.post(asked["Location"], {"code": code})

    assert not is_in(other)


def test_code_and_address_are_forgotten_once_sent(client: Client) -> None:
    person = make_member()
    client.post(CODE, {"email": person.email})

    outbox.deliver()

    assert OutboxRow.objects.get(kind="account_mail").payload == {}
    assert len(mail.outbox) == 1


def test_known_and_unknown_addresses_get_the_same_answers(client: Client) -> None:
    person = make_member()
    answers = []
    for email in (person.email, "personne@example.org"):
        fresh = Client()
        pages = [
            sign_in(fresh, email, "pas le bon mot").content.decode(),
            fresh.post(CODE, {"email": email}, follow=True).content.decode(),
            Client().post(FORGOTTEN, {"email": email}, follow=True).content.decode(),
        ]
        text = "".join(pages).replace(email, "…")
        answers.append(re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', "", text))

    assert answers[0] == answers[1]
    assert OutboxRow.objects.filter(kind="account_mail").count() == 4


def test_attacker_elsewhere_cannot_lock_a_person_out(client: Client) -> None:
    person = make_member()
    for _ in range(12):
        sign_in(client, person.email, "un essai de plus", REMOTE_ADDR="203.0.113.7")
    assert "_auth_user_id" not in client.session
    refused = sign_in(client, person.email, REMOTE_ADDR="203.0.113.7")
    assert refused.status_code == 200, "the attacker is stopped even with the right word"

    at_home = Client(REMOTE_ADDR="198.51.100.20")
    sign_in(at_home, person.email)

    assert is_in(at_home)


def test_attacker_elsewhere_cannot_exhaust_the_codes_of_a_person() -> None:
    person = make_member()
    for _ in range(6):
        Client(REMOTE_ADDR="203.0.113.7").post(CODE, {"email": person.email})
    sent = OutboxRow.objects.filter(kind="account_mail").count()
    assert sent == 3, "no mailbox is filled from one place"

    at_home = Client(REMOTE_ADDR="198.51.100.20")
    asked = at_home.post(CODE, {"email": person.email})
    at_home.post(asked["Location"], {"code": code_in_mailbox()})

    assert is_in(at_home)


def test_many_addresses_tried_from_one_place_are_stopped(client: Client) -> None:
    person = make_member()
    for number in range(10):
        sign_in(client, f"{number}@example.net", "un essai de plus")

    sign_in(client, person.email)

    assert not is_in(client)


def test_flood_from_one_place_meets_a_page_that_says_wait(client: Client) -> None:
    for number in range(30):
        sign_in(client, f"{number}@example.net", "un essai de plus")

    answer = sign_in(client, "encore@example.net", "un essai de plus")

    assert answer.status_code == 429
    assert "429.html" in [template.name for template in answer.templates]


def test_forwarded_address_is_believed_from_a_proxy_of_ours_only(
    client: Client, settings: Any
) -> None:
    person = make_member()
    for number in range(10):
        sign_in(client, person.email, "raté", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    sign_in(client, person.email, HTTP_X_FORWARDED_FOR="192.0.2.99")
    assert not is_in(client), "whoever invents a new origin each time is still one place"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sign_in(client, person.email, HTTP_X_FORWARDED_FOR="192.0.2.99")

    assert is_in(client)


def test_forgotten_password_is_chosen_again_with_a_code(client: Client) -> None:
    person = make_member()

    asked = client.post(FORGOTTEN, {"email": person.email})
    confirmed = client.post(asked["Location"], {"code": code_in_mailbox()})
    client.post(confirmed["Location"], {"password1": "une autre phrase assez longue"})

    assert is_in(client)
    person.refresh_from_db()
    assert person.check_password("une autre phrase assez longue")


@pytest.mark.parametrize("state", [PersonState.EXPECTED, PersonState.LEFT, PersonState.ERASED])
def test_who_is_not_invited_or_has_left_stays_outside(client: Client, state: str) -> None:
    person = make_member(state=state)

    sign_in(client, person.email)
    client.post(CODE, {"email": person.email}, follow=True)

    assert not is_in(client)
    assert "host" in _told_unknown() or "hôte" in _told_unknown()


def _told_unknown() -> str:
    outbox.deliver()
    return str(mail.outbox[-1].body)


def test_nobody_opens_an_account_alone(client: Client) -> None:
    answer = client.post("/compte/signup/", {"email": "moi@example.org", "password1": PASSWORD})

    assert answer.status_code == 200
    assert not EmailAddress.objects.filter(email="moi@example.org").exists()
    assert not is_in(client)


def test_authenticator_app_is_asked_after_the_password(client: Client) -> None:
    person = make_member()
    secret = generate_totp_secret()
    TOTP.activate(person, secret)

    answer = sign_in(client, person.email)
    assert not is_in(client)
    client.post(answer["Location"], {"code": totp_now(secret)})

    assert is_in(client)


def totp_now(secret: str) -> str:
    import time

    return f"{hotp_value(secret, int(time.time()) // 30):06d}"


def test_app_is_added_with_its_square_and_recovery_codes_follow(client: Client) -> None:
    person = make_member()
    sign_in(client, person.email)
    add = "/compte/2fa/totp/activate/"
    asked = client.get(add)
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get(add)
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert "<rect" in page.context["totp_svg"], "white under it, in the dark too"

    answer = client.post(add, {"code": totp_now(page.context["form"].secret)}, follow=True)

    assert answer.content.decode().count("<code>") == 10
    assert "10" in client.get("/compte/").content.decode()


def test_recovery_code_replaces_the_lost_app_once(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    person = make_member()
    TOTP.activate(person, generate_totp_secret())
    code = RecoveryCodes.activate(person).get_unused_codes()[0]

    client.post(sign_in(client, person.email)["Location"], {"code": code})
    other = Client()
    other.post(sign_in(other, person.email)["Location"], {"code": code})

    assert (is_in(client), is_in(other)) == (True, False)


def test_address_changes_when_the_new_one_has_answered(client: Client) -> None:
    person = make_member()
    sign_in(client, person.email)
    asked = client.post("/compte/email/", {"action_add": "", "email": "neuve@example.org"})
    person.refresh_from_db()
    assert person.email != "neuve@example.org"

    client.post(asked["Location"], {"code": code_in_mailbox()})

    person.refresh_from_db()
    assert person.email == "neuve@example.org"
    assert EmailAddress.objects.get(user=person).email == "neuve@example.org"


def test_address_of_someone_else_is_not_taken(client: Client) -> None:
    other = make_member()
    person = make_member()
    sign_in(client, person.email)

    client.post("/compte/email/", {"action_add": "", "email": other.email})

    person.refresh_from_db()
    assert person.email != other.email


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_of_ways_in_show_for_a_member(client: Client, language: str) -> None:
    person = make_member(language=language)
    sign_in(client, person.email)
    pages = (
        "/compte/",
        "/compte/email/",
        "/compte/password/change/",
        "/compte/sessions/",
        "/compte/reauthenticate/",
        "/compte/logout/",
    )

    shown = {page: client.get(page).status_code for page in pages}

    assert shown == dict.fromkeys(pages, 200)
    assert client.get("/compte/").headers["Content-Language"] == language


def test_page_of_ways_in_costs_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    client.force_login(make_member())
    client.get("/compte/")

    with django_assert_num_queries(5):
        client.get("/compte/")
