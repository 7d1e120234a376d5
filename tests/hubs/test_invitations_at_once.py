"""Two hosts, two hands, the same second. SQLite writes one after the other; PostgreSQL does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from essaim.core.refusals import Refusal
from essaim.hubs.actions import invitations
from essaim.hubs.models import Hub, Invitation, Residency
from essaim.people.models import Person
from tests.factories import make_host, make_hub

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each act answered: its refusal's name, or "done"."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait(timeout=10)
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as hands:
        return sorted(hands.map(run, acts))


def inviting(hub: Hub, host: Person, email: str) -> Callable[[], object]:
    return lambda: invitations.invite_person(
        hub=hub, email=email, given_name="N", family_name="", plan="", message="", by=host
    )


@pytest.fixture(autouse=True)
def _really_at_once(on_postgres: bool) -> None:
    if not on_postgres:
        pytest.skip("in one process SQLite has one connection: see tests/core/test_sqlite.py")


def test_of_two_hosts_who_invite_the_same_address_one_wins() -> None:
    hub = make_hub()
    one, other = make_host(hub), make_host(hub)

    for round_ in range(10):
        email = f"{round_}@example.net"
        told = at_once(inviting(hub, one, email), inviting(hub, other, email))
        assert told == ["AlreadyInvited", "done"]

    assert Invitation.objects.count() == Residency.objects.count() == 10


def test_two_hubs_may_both_invite_the_same_address() -> None:
    hub, other = make_hub(), make_hub()
    acts = (
        inviting(hub, make_host(hub), "n@example.net"),
        inviting(other, make_host(other), "n@example.net"),
    )

    assert at_once(*acts) == ["done", "done"]

    assert Person.objects.filter(email="n@example.net").count() == 1


def test_yes_and_withdrawal_at_once_end_in_one_of_both() -> None:
    hub = make_hub()
    host = make_host(hub)
    for round_ in range(10):
        inviting(hub, host, f"{round_}@example.net")()
        mine = Invitation.objects.select_related("person").get(
            person__email=f"{round_}@example.net"
        )
        same = Invitation.objects.select_related("person").get(pk=mine.pk)

        def accept(invitation: Invitation = mine) -> object:
            return invitations.accept_invitation(
                invitation=invitation, given_name="N", family_name="", language="fr", password=None
            )

        def withdraw(invitation: Invitation = same) -> object:
            return invitations.withdraw_invitation(invitation=invitation, by=host)

        assert at_once(accept, withdraw) == ["Overtaken", "done"]
        mine.refresh_from_db()
        state = Person.objects.get(pk=mine.person_id).state
        assert (mine.state, state) in {("accepted", "active"), ("withdrawn", "left")}
