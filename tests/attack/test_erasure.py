"""What erasing must reach beyond the rows of the person."""

import pytest
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.exchange import index
from essaim.exchange.models import HelpState
from essaim.home import notifications
from essaim.home.actions.leaving import erase_person
from tests.factories import make_exchange, make_host, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db


def test_log_in_mails_that_could_not_leave_are_forgotten() -> None:
    person = make_resident(email="lea@example.org")
    outbox.put("account_mail", {"to": person.email, "text": "Code 1"}, key="a")
    outbox.put("mail", {"notice": "x"}, key="b")
    OutboxRow.objects.filter(key="b").update(
        error="Refused: lea@example.org", dead_at=timezone.now()
    )

    erase_person(person=person, by=person)

    assert not OutboxRow.objects.filter(key="a").exists()
    assert OutboxRow.objects.get(key="b").error == ""


def test_the_name_of_a_host_leaves_the_notices_of_members() -> None:
    hub = make_hub()
    host = make_host(hub, given_name="Zoé", family_name="L’Étang")
    notifications.nudged(make_resident(hub), "news", host)

    erase_person(person=host, by=host)

    assert not Notice.objects.filter(code="host_nudge").exists()


def test_matching_no_longer_quotes_the_needs_of_who_was_erased() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    need = make_need(author, hub, title="Xylophone accordé", text="Xylophone accordé")
    make_exchange(helper, author, hub, need=need, state=HelpState.CONFIRMED, minutes=15)
    assert index.search_people("xylophone", k=3)

    erase_person(person=author, by=author)

    assert not index.search_people("xylophone", k=3)
