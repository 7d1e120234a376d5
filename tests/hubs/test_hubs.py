import pytest

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.hubs.actions import places, residencies
from essaim.hubs.models import Host, Hub, Residency
from tests.factories import (
    make_director,
    make_host,
    make_hub,
    make_person,
    make_resident,
)

pytestmark = pytest.mark.django_db


def test_director_opens_a_hub() -> None:
    hub = places.create_hub(by=make_director(), name="La Ruche d’Été", town="Sète")

    assert (hub.slug, hub.time_zone) == ("la-ruche-dete", "Europe/Paris")
    assert [entry.verb for entry in journal.of(hub)] == ["hub.create"]


def test_hub_with_a_name_in_another_script_has_an_address() -> None:
    hub = places.create_hub(by=make_director(), name="خلية", town="Tunis")

    assert hub.slug == "hub-1"


def test_namesake_is_refused() -> None:
    make_hub("La Halle")

    with pytest.raises(places.HubExists):
        places.create_hub(by=make_director(), name="la halle", town="Lyon")


def test_host_opens_no_hub() -> None:
    with pytest.raises(NotAllowed):
        places.create_hub(by=make_host(make_hub()), name="Autre", town="Lyon")


def test_host_keeps_the_practical_things_only() -> None:
    hub = make_hub()
    host = make_host(hub)

    places.update_hub(hub=hub, by=host, opening_hours="9 h – 19 h")

    assert Hub.objects.get().opening_hours == "9 h – 19 h"
    with pytest.raises(NotAllowed):
        places.update_hub(hub=hub, by=host, name="Ma ruche")


def test_host_of_another_hub_changes_nothing() -> None:
    with pytest.raises(NotAllowed):
        places.update_hub(hub=make_hub(), by=make_host(make_hub("Autre")), address="x")


def test_hosts_come_and_go_and_come_back() -> None:
    hub, director, lea = make_hub(), make_director(), make_person()
    places.add_host(hub=hub, person=lea, by=director)
    with pytest.raises(places.HostedAlready):
        places.add_host(hub=hub, person=lea, by=director)

    places.end_host(hub=hub, person=lea, by=lea)
    with pytest.raises(places.NoLongerHost):
        places.end_host(hub=hub, person=lea, by=director)
    places.add_host(hub=hub, person=lea, by=director)

    assert Host.objects.filter(hub=hub, person=lea).count() == 2
    assert Host.objects.current().count() == 1


def test_host_cannot_put_another_host_out() -> None:
    hub = make_hub()
    host, other = make_host(hub), make_host(hub)

    with pytest.raises(NotAllowed):
        places.end_host(hub=hub, person=other, by=host)


def test_resident_moves_in_changes_plan_and_moves_out() -> None:
    hub, lea = make_hub(), make_person()
    host = make_host(hub)
    before = lea.matched_at

    residency = residencies.move_in(person=lea, hub=hub, plan="Résident", by=host)
    residencies.change_plan(residency=residency, plan="Butineur", by=host)
    residencies.move_out(residency=residency, by=host)

    residency.refresh_from_db()
    lea.refresh_from_db()
    assert residency.plan == "Butineur"
    assert residency.until_on is not None
    assert lea.matched_at > before
    assert [entry.verb for entry in journal.of(residency)] == [
        "residency.begin",
        "residency.change_plan",
        "residency.end",
    ]


def test_nobody_resides_twice_in_one_hub_but_may_in_two() -> None:
    hub, lea = make_hub(), make_person()
    director = make_director()
    residencies.move_in(person=lea, hub=hub, by=director)
    residencies.move_in(person=lea, hub=make_hub("Autre"), by=director)

    with pytest.raises(residencies.LivesHereAlready):
        residencies.move_in(person=lea, hub=hub, by=director)


def test_second_departure_is_refused() -> None:
    hub = make_hub()
    host, lea = make_host(hub), make_resident(hub)
    residency = Residency.objects.get(person=lea)
    residencies.move_out(residency=residency, by=host)

    with pytest.raises(residencies.MovedOutAlready):
        residencies.move_out(residency=residency, by=host)
    with pytest.raises(residencies.MovedOutAlready):
        residencies.change_plan(residency=residency, plan="x", by=host)


def test_host_of_another_hub_moves_nobody() -> None:
    hub = make_hub()
    lea, stranger = make_resident(hub), make_host(make_hub("Autre"))
    residency = Residency.objects.get(person=lea)

    with pytest.raises(NotAllowed):
        residencies.move_in(person=make_person(), hub=hub, by=stranger)
    with pytest.raises(NotAllowed):
        residencies.move_out(residency=residency, by=stranger)
    with pytest.raises(NotAllowed):
        residencies.change_plan(residency=residency, plan="x", by=stranger)


def test_nobody_moves_into_a_closed_hub() -> None:
    hub = make_hub(closed_on="2026-01-01")

    with pytest.raises(residencies.ClosedHub):
        residencies.move_in(person=make_person(), hub=hub, by=make_director())
