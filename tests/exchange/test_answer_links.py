from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from essaim.exchange import answer_links
from essaim.exchange.actions import asks
from essaim.exchange.models import Ask, AskState, Need, NeedState
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.factories import make_ask, make_need, make_resident

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(author: Person, hub: Hub) -> Ask:
    author.phone = "0601020304"
    author.save()
    return make_ask(make_need(author, hub), make_resident(hub, given_name="Nadia"))


@pytest.fixture
def path(ask: Ask) -> str:
    return answer_links.path_for(ask)


def state(ask: Ask) -> str:
    return Ask.objects.get(pk=ask.pk).state


@pytest.mark.parametrize("choice", ["", "?a=yes", "?a=no", "?a=other", "?a=later", "?a=<script>"])
def test_opening_the_link_changes_nothing(choice: str, ask: Ask, path: str, client: Client) -> None:
    for method in (client.get, client.head, client.options):
        assert method(path + choice).status_code == 200
    assert state(ask) == AskState.SENT
    assert Need.objects.get().state == NeedState.OPEN


def test_the_link_shows_the_ask_and_no_address(ask: Ask, path: str, client: Client) -> None:
    page = client.get(path).content.decode()
    assert ask.need.text in page
    assert ask.need.author.email not in page
    assert "0601020304" not in page


def test_a_yes_through_the_link_reveals_the_addresses(ask: Ask, path: str, client: Client) -> None:
    response = client.post(path, {"a": "yes"})
    assert state(ask) == AskState.ACCEPTED
    page = response.content.decode()
    assert ask.need.author.email in page
    assert "0601020304" in page


def test_the_used_link_says_so_and_shows_no_address(ask: Ask, path: str, client: Client) -> None:
    client.post(path, {"a": "yes"})
    response = client.get(path)
    assert response.status_code == 410
    assert ask.need.author.email not in response.content.decode()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("no", AskState.DECLINED), ("later", AskState.LATER), ("other", AskState.DECLINED)],
)
def test_the_other_answers_through_the_link(
    choice: str, expected: str, ask: Ask, path: str, client: Client
) -> None:
    response = client.post(path, {"a": choice, "who": "quelqu’un"})
    assert response.status_code == 200
    assert state(ask) == expected
    assert ask.need.author.email not in response.content.decode()


@pytest.mark.parametrize("choice", ["no", "other", "later"])
@pytest.mark.parametrize("over", [NeedState.MET, NeedState.WITHDRAWN])
def test_no_answer_comes_too_late_to_say_that_nothing_more_is_asked(
    choice: str, over: str, ask: Ask, path: str, client: Client
) -> None:
    Need.objects.filter(pk=ask.need_id).update(state=over)

    response = client.post(path, {"a": choice, "who": "quelqu’un"})

    ask.refresh_from_db()
    assert response.status_code == 410
    assert (ask.state, ask.answered_at) == (AskState.SENT, None)


def test_a_no_may_become_a_yes_through_the_link(ask: Ask, path: str, client: Client) -> None:
    client.post(path, {"a": "no"})
    assert client.get(path).status_code == 200
    client.post(path, {"a": "yes"})
    assert state(ask) == AskState.LATE_YES


def test_a_nonsense_answer_changes_nothing(ask: Ask, path: str, client: Client) -> None:
    assert client.post(path, {"a": "maybe"}).status_code == 410
    assert state(ask) == AskState.SENT


def test_the_link_stops_two_weeks_after_the_date_of_the_ask(ask: Ask, client: Client) -> None:
    ask.due_at = timezone.now() - timedelta(days=14, minutes=1)
    response = client.get(answer_links.path_for(ask))
    assert response.status_code == 410
    ask.due_at = timezone.now() - timedelta(days=13, hours=23)
    assert client.get(answer_links.path_for(ask)).status_code == 200


def test_forged_links_lead_nowhere(ask: Ask, path: str, client: Client) -> None:
    other_salt = signing.Signer(salt="unsubscribe").sign_object(
        {"scope": "answer", "ask": str(ask.pk), "until": 9_999_999_999}
    )
    other_scope = signing.Signer(salt="essaim.exchange.answer").sign_object(
        {"scope": "read", "ask": str(ask.pk), "until": 9_999_999_999}
    )
    for token in (path.split("/")[2][:-2], other_salt, other_scope, "x", "%00"):
        assert client.post(f"/reponse/{token}/", {"a": "yes"}).status_code == 404
    assert state(ask) == AskState.SENT


def test_the_link_of_one_ask_answers_that_ask_alone(ask: Ask, path: str, client: Client) -> None:
    other = make_ask(ask.need, make_resident(ask.need.hub))
    client.post(path, {"a": "no"})
    assert state(other) == AskState.SENT


def test_when_someone_was_found_the_link_thanks(ask: Ask, path: str, client: Client) -> None:
    other = make_ask(ask.need, make_resident(ask.need.hub))
    asks.accept_ask(ask=other, by=other.helper)
    assert client.get(path).status_code == 410
    response = client.post(path, {"a": "yes"})
    assert response.status_code == 410
    assert "merci" in response.content.decode().lower()


def test_who_left_answers_nothing(ask: Ask, path: str, client: Client) -> None:
    Person.objects.filter(pk=ask.helper_id).update(state=PersonState.LEFT)
    assert client.get(path).status_code == 410
    assert client.post(path, {"a": "yes"}).status_code == 410
    assert state(ask) == AskState.SENT


def test_the_page_speaks_the_language_of_who_is_asked(ask: Ask, path: str, client: Client) -> None:
    Person.objects.filter(pk=ask.helper_id).update(language="en")
    assert "Yes, I can" in client.get(path).content.decode()


def test_the_page_is_not_kept_and_tells_its_address_to_no_other_site(
    path: str, client: Client
) -> None:
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    # "no-referrer" would make browsers post the answer with a null origin, which is refused.
    assert response["Referrer-Policy"] == "same-origin"


def test_the_answer_needs_the_token_of_the_form(ask: Ask, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(path)
    assert strict.post(path, {"a": "yes"}).status_code == 403
    assert state(ask) == AskState.SENT


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_answers_without_signing_in(
    ask: Ask, path: str, context: "BrowserContext"
) -> None:
    page = context.new_page()
    page.goto(f"{path}?a=yes")
    page.get_by_role("button", name="Oui, je peux").click()
    page.get_by_text(ask.need.author.email).wait_for()
    assert state(ask) == AskState.ACCEPTED
