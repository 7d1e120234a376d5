"""The pages of weeks: who reads what, each point its list, and the same figures to take away."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.models import Notice
from essaim.core.scopes import midnight
from essaim.exchange.actions import ledger
from essaim.exchange.actions.capacity import pause
from essaim.exchange.figures.community import QUESTIONS
from essaim.exchange.models import HelpState, Pledge, Transfer, TransferKind
from essaim.home.models import FigureWeek
from essaim.home.week_counts import Week, count_week
from essaim.home.weeks import mondays
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Person
from tests.factories import (
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
)

pytestmark = pytest.mark.django_db
PARIS = "Europe/Paris"
SLUGS = [question.slug for question in QUESTIONS]


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def last_monday() -> Any:
    return mondays(timezone.localdate(), 1)[0]


def in_last_week() -> Any:
    return midnight(last_monday(), PARIS) + timedelta(days=2)


def count(*owners: Hub | None) -> None:
    for owner in owners:
        for monday in mondays(timezone.localdate(), 2):
            count_week(Week(owner.pk if owner else None, monday, PARIS), timezone.now())


def path(slug: str) -> str:
    return reverse("home:weeks", args=[slug])


@pytest.mark.parametrize("slug", SLUGS)
def test_hosts_read_each_question_of_their_hives_and_directors_of_all(
    client: Client, hub: Hub, host: Person, slug: str
) -> None:
    make_need(make_resident(hub), hub, published_at=in_last_week())
    other = make_hub()
    count(hub, None)
    client.force_login(host)
    assert client.get(path(slug)).context["hub"] == hub
    assert client.get(path(slug) + f"?hub={other.slug}").status_code == 404
    client.force_login(make_director())
    assert client.get(path(slug)).context["hub"] is None
    assert client.get(path(slug) + f"?hub={hub.slug}&weeks=52").context["hub"] == hub
    client.force_login(make_resident(hub))
    assert client.get(path(slug)).status_code == 404
    assert client.get(path("inconnue")).status_code == 404


def test_each_point_leads_to_the_list_of_what_it_counts(
    client: Client, hub: Hub, host: Person
) -> None:
    author = make_resident(hub)
    for title in ("Relire un bail", "Trouver un comptable"):
        make_need(author, hub, title=title, published_at=in_last_week())
    make_need(author, hub, title="Cette semaine", published_at=timezone.now())
    count(hub)
    client.force_login(host)

    page = client.get(path("besoins"))

    for line in page.context["lines"]:
        behind = client.get(line.rows[-1].path)
        assert behind.context["said"] == line.rows[-1].said
        assert behind.context["page"].paginator.count == line.rows[-1].n
    told = client.get(page.context["lines"][0].rows[-1].path).content.decode()
    assert "Relire un bail" in told
    assert "Cette semaine" not in told


def test_a_chart_is_told_to_who_does_not_see_it_and_stands_in_a_table(
    client: Client, hub: Hub, host: Person
) -> None:
    count(hub)
    client.force_login(host)

    page = client.get(path("besoins"))

    shown = page.content.decode()
    lines = page.context["lines"]
    assert shown.count('role="img"') == shown.count("<table") == len(lines) == 8
    assert all(f'<title id="{line.figure.code}-title">' in shown for line in lines)
    assert all(f'<desc id="{line.figure.code}-desc">' in shown for line in lines)


def test_before_the_first_count_the_page_says_so(client: Client, host: Person) -> None:
    client.force_login(host)

    page = client.get(path("liens"), headers={"accept-language": "en"})

    assert page.context["lines"] == []
    assert "not counted yet" in page.content.decode()


def test_the_weeks_can_be_taken_away(client: Client, hub: Hub, host: Person) -> None:
    Hub.objects.update(name="=La Halle")
    make_need(make_resident(hub), hub, published_at=in_last_week())
    count(hub)
    client.force_login(host)

    answer = client.get(path("besoins") + "?format=csv")

    text = answer.content.decode()
    rows = text.splitlines()
    assert len(rows) == 1 + 2 * 8
    assert f";{last_monday()};needs_told;" in text
    assert all(row.startswith("'=La Halle;") for row in rows[1:])
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    client: Client, hub: Hub, host: Person, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        one, other = make_resident(hub), make_resident(make_hub())
        make_exchange(
            one, other, hub, state=HelpState.CONFIRMED, minutes=90, confirmed_at=in_last_week()
        )
    count(hub)
    client.force_login(host)
    for slug, queries in (("besoins", 7), ("liens", 9)):
        with django_assert_num_queries(queries):
            client.get(path(slug))


def test_help_from_hive_to_hive_opens_its_rows(client: Client, hub: Hub, host: Person) -> None:
    other, third = make_hub("Le Quai"), make_hub("La Tour")
    for giving, receiving, minutes in ((hub, other, 60), (other, hub, 30), (other, third, 45)):
        passed(giving, receiving, minutes)
    client.force_login(host)

    rows = client.get(path("liens")).context["passages"].rows

    assert [(row.giving, row.receiving, row.minutes) for row in rows] == [
        ("La Halle", "Le Quai", 60),
        ("Le Quai", "La Halle", 30),
    ]
    for row in rows:
        behind = client.get(row.path)
        assert (behind.context["value"], behind.context["page"].paginator.count) == (row.minutes, 1)
    client.force_login(make_director())
    network = client.get(path("liens")).context["passages"].rows
    assert [row.minutes for row in network] == [60, 45, 30]
    assert [client.get(row.path).context["value"] for row in network] == [60, 45, 30]


def passed(giving: Hub, receiving: Hub, minutes: int) -> None:
    giver, receiver = make_resident(giving), make_resident(receiving)
    when = in_last_week()
    exchange = make_exchange(
        giver, receiver, receiving, state=HelpState.CONFIRMED, minutes=minutes, confirmed_at=when
    )
    accounts = ledger.accounts_of([giver, receiver], otherwise=giving)
    Transfer.objects.create(
        payer=accounts[receiver.pk],
        payee=accounts[giver.pk],
        minutes=minutes,
        kind=TransferKind.HELP,
        exchange=exchange,
        hub_from=receiving,
        hub_to=giving,
        created_at=when,
        idempotency_key=f"help:{exchange.pk}",
    )


# --- what members read -------------------------------------------------------------------------


def test_members_read_of_their_hive_what_is_about_nobody(client: Client, hub: Hub) -> None:
    reader = make_resident(hub)
    for _number in range(6):
        make_need(reader, hub, title="Relire un bail", published_at=in_last_week())
    count(hub)
    client.force_login(reader)
    page = reverse("home:hive_weeks", args=[hub.slug])
    assert page in client.get(reverse("home:hub", args=[hub.slug])).content.decode()

    shown = client.get(page)

    codes = {line.figure.code for line in shown.context["lines"]}
    assert {"needs_told", "brain_hours", "promises_kept"} <= codes
    assert not codes & {"gini_given", "top_givers", "isolated_members", "reciprocity", "first30"}
    assert [row.said for row in shown.context["lines"][0].rows] == ["—", "6"]
    assert "/chiffres/" not in shown.content.decode()
    assert "Relire un bail" not in shown.content.decode()


def test_members_are_not_told_weeks_that_few_made(client: Client, hub: Hub) -> None:
    reader = make_resident(hub)
    for _number in range(4):
        make_need(reader, hub, published_at=in_last_week())
    count(hub)
    client.force_login(reader)

    told = client.get(reverse("home:hive_weeks", args=[hub.slug])).context["lines"][0]

    assert [row.said for row in told.rows] == ["—", "—"]
    assert told.chart.full == told.chart.hollow == ""


def test_the_weeks_of_a_hive_are_for_who_lives_there(client: Client, hub: Hub) -> None:
    page = reverse("home:hive_weeks", args=[hub.slug])
    gone = make_resident(hub)
    Residency.objects.filter(person=gone).update(until_on=timezone.localdate())
    for person, status in (
        (make_resident(make_hub()), 404),
        (gone, 404),
        (make_host(make_hub()), 404),
        (make_resident(hub), 200),
        (make_host(hub), 200),
        (make_director(), 200),
    ):
        client.force_login(person)
        assert client.get(page).status_code == status
    client.logout()
    assert client.get(page).status_code in (302, 404)


# --- the alarm -------------------------------------------------------------------------------


def give(giver: Person, hub: Hub, minutes: int, times: int = 1) -> None:
    receiver = Person.objects.exclude(pk=giver.pk).filter(residencies__hub=hub).first()
    assert receiver is not None
    for _number in range(times):
        make_exchange(
            giver,
            receiver,
            hub,
            state=HelpState.CONFIRMED,
            minutes=minutes,
            confirmed_at=timezone.now() - timedelta(days=3),
        )


@pytest.fixture
def carried(hub: Hub) -> Person:
    """A hive of twenty where one gives nearly everything."""
    people = [make_resident(hub) for _number in range(20)]
    Person.objects.filter(pk=people[0].pk).update(given_name="Nadia")
    give(people[0], hub, 120, times=20)
    for person in people[1:]:
        give(person, hub, 15)
    people[0].refresh_from_db()
    return people[0]


def test_hosts_are_told_who_carries_too_much_and_offer_a_rest(
    client: Client, hub: Hub, host: Person, carried: Person
) -> None:
    client.force_login(host)

    page = client.get(reverse("home:board"))

    alarm = page.context["alarm"]
    assert [person.name for person in alarm.carriers] == [carried.name]
    assert alarm.share == round(100 * 2400 / (2400 + 19 * 15))
    assert client.get(alarm.path).context["value"] == pytest.approx(
        100 * 2400 / (2400 + 19 * 15), abs=0.01
    )
    offer = reverse("home:offer_rest", args=[carried.pk])
    assert offer in page.content.decode()
    assert client.post(offer).status_code == 302
    client.post(offer)
    assert Notice.objects.filter(recipient=carried, code="host_nudge").count() == 1


def test_who_rests_already_is_offered_no_rest(
    client: Client, hub: Hub, host: Person, carried: Person
) -> None:
    pause(person=carried, by=carried)
    client.force_login(host)
    alarm = client.get(reverse("home:board")).context["alarm"]
    assert alarm.found.rings
    assert carried.name not in [person.name for person in alarm.carriers]


def test_an_alarm_names_nobody_to_others(client: Client, hub: Hub, carried: Person) -> None:
    client.force_login(make_host(make_hub()))
    assert client.get(reverse("home:board") + f"?hub={hub.slug}").status_code == 404
    client.force_login(make_director())
    assert client.get(reverse("home:board")).context["alarm"] is None
    assert client.get(reverse("home:board") + f"?hub={hub.slug}").context["alarm"].found.rings


def test_only_their_host_offers_somebody_a_rest(client: Client, carried: Person) -> None:
    offer = reverse("home:offer_rest", args=[carried.pk])
    client.force_login(make_host(make_hub()))
    client.post(offer)
    client.force_login(make_person())
    assert client.post(offer).status_code in (403, 404)
    assert not Notice.objects.filter(recipient=carried).exists()


def test_little_help_rings_no_alarm(client: Client, hub: Hub, host: Person) -> None:
    people = [make_resident(hub) for _number in range(24)]
    Pledge.objects.update(valid_from=timezone.localdate() - timedelta(days=30))
    for person in people[:5]:
        give(person, hub, 30)
    client.force_login(host)

    page = client.get(reverse("home:board"), headers={"accept-language": "en"})

    found = page.context["alarm"].found
    assert (found.rings, found.few) == (False, True)
    assert "chance alone" in page.content.decode()


def test_a_hive_without_help_has_no_alarm(client: Client, hub: Hub, host: Person) -> None:
    make_resident(hub)
    client.force_login(host)

    assert client.get(reverse("home:board")).context["alarm"] is None


def test_the_board_draws_the_weeks_that_were_counted(
    client: Client, hub: Hub, host: Person
) -> None:
    make_need(make_resident(hub), hub, published_at=in_last_week())
    count(hub)
    FigureWeek.objects.filter(code="brain_hours", monday=last_monday()).update(value=90, n=1)
    client.force_login(host)

    told, hours = client.get(reverse("home:board")).context["lines"]

    assert [row.said for row in told.rows] == ["0", "1"]
    assert [row.said for row in hours.rows] == ["0\xa0min", "1\xa0h\xa030"]
