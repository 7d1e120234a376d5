"""The pages of the Buzz: who opens which, what they show, and what they cost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import buzz as meeting
from essaim.exchange.actions import buzz_hands as hands
from essaim.exchange.actions import buzz_words as words
from essaim.exchange.models import (
    Buzz,
    BuzzHand,
    BuzzNote,
    BuzzPromise,
    BuzzState,
    PromiseState,
    TurnState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import give_next, make_buzz, reread, ring, turn_of
from tests.factories import make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement"


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, language="fr")


@pytest.fixture
def buzz(hub: Hub, host: Person, author: Person, helpers: list[Person]) -> Buzz:
    found = ring(hub, host, author, *helpers)
    give_next(found, host)
    words.type_need(turn=turn_of(found, author), text=SENTENCE, version=1, by=author)
    words.show_helpers(turn=turn_of(found, author), by=author, further=True)
    return reread(found)


def as_person(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(person)
    return client


def page(name: str, buzz: Buzz) -> str:
    return reverse(f"exchange:{name}", args=[buzz.pk])


def do(client: Client, buzz: Buzz, verb: str, **fields: Any) -> Any:
    url = reverse("exchange:buzz_gesture", args=[buzz.pk, verb])
    return client.post(url, fields, headers={"Accept": "application/json"})


@pytest.mark.parametrize("name", ["buzz", "buzz_wall", "buzz_desk"])
def test_the_sentence_and_three_faces_of_the_room_are_on_each_page(
    buzz: Buzz, host: Person, name: str
) -> None:
    answer = as_person(host).get(page(name, buzz))

    text = answer.content.decode()
    assert SENTENCE in text
    assert text.count('<li class="face">') == 3 + 1  # and the one that the script copies
    assert "Plan de financement" in text


def test_other_hives_find_none_of_its_pages(buzz: Buzz) -> None:
    stranger = as_person(make_resident(make_hub("Ailleurs")))
    for name in ("buzz", "buzz_wall", "buzz_desk", "buzz_minutes", "buzz_news"):
        assert stranger.get(page(name, buzz)).status_code == 404
    assert do(stranger, buzz, "presence").status_code == 404


def test_the_desk_is_for_hosts_and_the_scribe(
    buzz: Buzz, host: Person, helpers: list[Person]
) -> None:
    client = as_person(helpers[0])
    assert client.get(page("buzz_desk", buzz)).status_code == 404
    meeting.name_scribe(buzz=buzz, person=helpers[0], by=host)

    text = client.get(page("buzz_desk", buzz)).content.decode()

    assert SENTENCE in text
    assert "geste/fin/" not in text


def test_before_the_bell_and_without_anybody(hub: Hub, host: Person, author: Person) -> None:
    buzz = make_buzz(hub)
    for person, names in ((host, ("buzz", "buzz_wall", "buzz_desk")), (author, ("buzz",))):
        for name in names:
            assert as_person(person).get(page(name, buzz)).status_code == 200


def test_everything_is_done_by_gestures(
    hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    buzz, desk, phone = make_buzz(hub), as_person(host), as_person(author)

    def sent(client: Client, verb: str, **fields: Any) -> None:
        answer = do(client, buzz, verb, key=str(uuid4()), **fields)
        assert (answer.status_code, answer.json()["refused"]) == (200, ""), (verb, answer.content)

    sent(desk, "cloche")
    sent(phone, "presence")
    sent(desk, "presence", person=helpers[0].pk)
    sent(desk, "plume", person=helpers[0].pk)
    sent(desk, "parole", after="")
    turn = turn_of(buzz, author)
    sent(phone, "taper", turn=turn.pk, text=SENTENCE, version=1, further="1")
    sent(as_person(helpers[0]), "main", turn=turn.pk)
    sent(as_person(helpers[0]), "baisser", turn=turn.pk)
    sent(as_person(helpers[0]), "main", turn=turn.pk)
    sent(phone, "accord", turn=turn.pk, consent="at_once")
    sent(desk, "note", kind="news", text="On a signé.", person=author.pk)
    sent(desk, "promesse", person=helpers[0].pk, receiver=author.pk, text="Le contact")
    sent(desk, "parole", after=turn.pk)
    sent(desk, "passer", turn=turn_of(buzz, helpers[0]).pk)
    sent(desk, "fin")

    assert reread(buzz).state == BuzzState.CLOSED
    assert BuzzPromise.objects.count() == 2
    assert BuzzNote.objects.get().text == "On a signé."
    states = list(buzz.turns.order_by("position").values_list("state", flat=True))
    assert states == [TurnState.DONE, TurnState.SKIPPED]


def test_a_refusal_is_said_in_the_language_of_the_page(buzz: Buzz, author: Person) -> None:
    turn = turn_of(buzz, author)

    answer = do(as_person(author), buzz, "main", turn=turn.pk)

    assert answer.status_code == 409
    assert answer.json()["refused"] == "C’est ton propre besoin."
    assert not BuzzHand.objects.exists()


def test_without_scripts_a_form_comes_back_to_its_page_with_a_word(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    client, url = as_person(helpers[1]), page("buzz", buzz)
    gesture = reverse("exchange:buzz_gesture", args=[buzz.pk, "main"])
    turn = turn_of(buzz, author)

    answer = client.post(gesture, {"turn": turn.pk, "next": url}, follow=True)
    elsewhere = client.post(gesture, {"turn": turn.pk, "next": "https://example.org/"})

    assert answer.redirect_chain == [(url, 302)]
    assert "Main levée" in answer.content.decode()
    assert elsewhere["Location"] == url


def test_forms_of_one_page_share_a_key_and_each_is_done_once(buzz: Buzz, host: Person) -> None:
    client, key = as_person(host), str(uuid4())
    first = {"key": key, "kind": "news", "text": "On a signé.", "person": host.pk}

    for fields in (first, first, first | {"text": "On ouvre lundi."}):
        assert do(client, buzz, "note", **fields).status_code == 200

    said = sorted(BuzzNote.objects.values_list("text", flat=True))
    assert said == ["On a signé.", "On ouvre lundi."]


def test_a_hive_that_is_not_ones_own_is_not_found(hub: Hub, host: Person) -> None:
    client, elsewhere = as_person(host), {"hub": make_hub("Lyon").slug}

    assert client.get(reverse("exchange:buzzes"), elsewhere).status_code == 404
    for name in ("buzz_plan", "buzz_start"):
        assert client.post(reverse(f"exchange:{name}"), elsewhere).status_code == 404


def test_the_floor_is_not_given_by_a_turn_of_another_buzz(buzz: Buzz, host: Person) -> None:
    lyon = make_hub("Lyon")
    speaker = make_resident(lyon)
    other = ring(lyon, make_host(lyon), speaker)

    with pytest.raises(NotAllowed):
        meeting.give_turn(buzz=buzz, by=host, turn=turn_of(other, speaker))


def test_gestures_about_a_turn_of_another_buzz_are_refused(buzz: Buzz, author: Person) -> None:
    lyon = make_hub("Lyon")
    host = make_host(lyon)
    other = ring(lyon, host, make_resident(lyon))

    answer = do(as_person(host), other, "main", turn=turn_of(buzz, author).pk)

    assert answer.status_code == 409
    assert not BuzzHand.objects.exists()


def test_nothing_changes_on_a_get(buzz: Buzz, author: Person) -> None:
    url = reverse("exchange:buzz_gesture", args=[buzz.pk, "presence"])
    assert as_person(author).get(url).status_code == 405


def test_who_cannot_listen_asks_what_came_after_a_number(buzz: Buzz, author: Person) -> None:
    client, url = as_person(author), page("buzz_news", buzz)
    last = reread(buzz).last_event

    assert client.get(url, {"after": last}).status_code == 204
    some = client.get(url, {"after": last - 2}).json()
    assert [event["n"] for event in some["events"]] == [last - 1, last]
    assert some["anew"] is False
    buzz.events.filter(number__lt=last).delete()
    assert client.get(url, {"after": "x"}).json()["anew"] is True


def test_a_page_says_where_to_listen_and_the_policy_lets_it(
    buzz: Buzz, author: Person, settings: Any
) -> None:
    client = as_person(author)
    assert 'data-live=""' in client.get(page("buzz", buzz)).content.decode()

    settings.LIVE_PORT = 8001
    answer = client.get(page("buzz", buzz), headers={"Host": "localhost:8000"})

    here = f"http://localhost:8001/direct/buzz/{buzz.pk}/"
    assert f'data-live="{here}"' in answer.content.decode()
    assert "connect-src 'self' http://localhost:8001" in answer["Content-Security-Policy"]
    settings.BEHIND_PROXY = True
    behind = client.get(page("buzz", buzz)).content.decode()
    assert f'data-live="/direct/buzz/{buzz.pk}/"' in behind


def test_a_draft_is_in_nobodys_minutes_but_its_authors(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    meeting.close_buzz(buzz=buzz, by=host)

    mine = as_person(author).get(page("buzz", buzz), follow=True).content.decode()
    theirs = as_person(helpers[0]).get(page("buzz_minutes", buzz)).content.decode()

    assert SENTENCE in mine
    assert SENTENCE not in theirs


def test_the_list_says_when_the_bell_rings_and_what_was_kept(
    hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    buzz = ring(hub, host, author, *helpers)
    for helper in helpers[:3]:
        hands.make_promise(buzz=buzz, giver=helper, receiver=author, text="Oui", by=host)
    BuzzPromise.objects.filter(giver__in=helpers[:2]).update(state=PromiseState.KEPT)
    meeting.close_buzz(buzz=buzz, by=host)

    text = as_person(author).get(reverse("exchange:buzzes")).content.decode()

    assert "2 promesses sur 3 ont été tenues" in text
    assert "Prochaine cloche" in text


def test_the_host_fixes_the_date_on_the_clock_of_the_hive(hub: Hub, host: Person) -> None:
    day = timezone.localdate() + timedelta(days=3)
    client = as_person(host)

    client.post(
        reverse("exchange:buzz_plan"), {"hub": hub.slug, "day": day.isoformat(), "time": "12:30"}
    )
    wrong = client.post(reverse("exchange:buzz_plan"), {"hub": hub.slug, "day": "", "time": ""})

    local = timezone.localtime(Buzz.objects.get().starts_at)
    assert (local.date(), local.hour, local.minute) == (day, 12, 30)
    assert wrong.status_code == 422


def test_only_hosts_plan_and_ring(hub: Hub, author: Person) -> None:
    client = as_person(author)
    for name in ("buzz_plan", "buzz_start"):
        assert client.post(reverse(f"exchange:{name}"), {"hub": hub.slug}).status_code == 404
    assert not Buzz.objects.exists()


def test_the_host_rings_without_having_planned(hub: Hub, host: Person) -> None:
    answer = as_person(host).post(reverse("exchange:buzz_start"), {"hub": hub.slug})

    buzz = Buzz.objects.get()
    assert buzz.state == BuzzState.RINGING
    assert answer["Location"] == page("buzz_desk", buzz)


def test_a_promise_is_settled_by_its_two_people(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    hands.make_promise(buzz=buzz, giver=helpers[0], receiver=author, text="Le contact", by=host)
    promise = BuzzPromise.objects.get()
    kept = reverse("exchange:promise_kept", args=[promise.pk])

    assert as_person(helpers[1]).post(kept).status_code == 404
    assert "Le contact" in as_person(author).get(reverse("exchange:promises")).content.decode()
    as_person(helpers[0]).post(kept)

    promise.refresh_from_db()
    assert (promise.state, promise.settled_by) == (PromiseState.KEPT, helpers[0])


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_pages_ask_the_same_number_of_questions_however_many_are_there(
    hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    buzz = ring(hub, host, author)
    give_next(buzz, host)
    words.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)
    client = as_person(host)
    names = ("buzz", "buzz_wall", "buzz_desk")
    alone = {name: queries(client, page(name, buzz)) for name in names}
    for helper in helpers[:3]:
        meeting.join_buzz(buzz=buzz, by=host, person=helper)
        hands.raise_hand(turn=turn_of(buzz, author), by=host, person=helper)
        words.note(buzz=buzz, kind="news", text="Bien", by=host, person=helper)

    assert {name: queries(client, page(name, buzz)) for name in names} == alone
    assert alone == {"buzz": 17, "buzz_wall": 17, "buzz_desk": 22}


def test_the_lists_ask_the_same_number_of_questions_at_one_and_three_rows(
    hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    client = as_person(author)
    seen = []
    for number in (1, 2):
        for _ in range(number):
            Buzz.objects.filter(state=BuzzState.PLANNED).delete()
            buzz = ring(hub, host, author, helpers[0])
            hands.make_promise(buzz=buzz, giver=helpers[0], receiver=author, text="a", by=host)
            meeting.close_buzz(buzz=buzz, by=host)
        urls = (reverse("exchange:buzzes"), reverse("exchange:promises"))
        seen.append([queries(client, url) for url in urls])

    assert seen == [[13, 5], [13, 5]]


def test_the_hour_is_that_of_the_hive_on_every_page(client: Client) -> None:
    hub = make_hub("Saint-Denis", time_zone="Indian/Reunion")
    host = make_host(hub, language="fr")
    zone = ZoneInfo(hub.time_zone)
    buzz = make_buzz(hub, starts_at=timezone.now().astimezone(zone).replace(hour=12, minute=40))
    client.force_login(host)

    for name in ("buzz", "buzz_desk", "buzz_wall"):
        page = client.get(reverse(f"exchange:{name}", args=[buzz.pk])).content.decode()
        assert "12 h 40" in page.replace("\xa0", " ").replace("\u202f", " ")
