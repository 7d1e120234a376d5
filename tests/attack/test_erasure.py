"""What erasing must reach beyond the rows of the person."""

import email
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.utils import timezone

from essaim.core import erasures, outbox
from essaim.core.models import Notice, OutboxRow
from essaim.exchange import index
from essaim.exchange.models import HelpState
from essaim.home import notifications
from essaim.home.actions.leaving import erase_person
from essaim.hubs.sweeps import forget_mails_that_stayed
from essaim.people.actions.roles import LastAdministrator
from essaim.people.models import NetworkRole, Person, PersonState
from tests.factories import (
    make_administrator,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

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


def test_no_errand_keeps_any_address_of_the_person() -> None:
    person = make_resident(email="lea@example.org", given_name="Léa", family_name="L’Étang")
    EmailAddress.objects.create(user=person, email="autre@example.org")
    outbox.put("account_mail", {"to": "Autre@Example.org", "text": "Code 1"}, key="a")
    outbox.put("account_mail", {"to": "x@example.org", "text": "pour lea@example.org"}, key="b")
    outbox.put("account_mail", {"to": "zoe@example.org", "text": "Code 2"}, key="c")
    outbox.put("mail", {"notice": "x"}, key="d")
    OutboxRow.objects.filter(key="d").update(error="Refused: Léa L’Étang")

    erase_person(person=person, by=person)

    assert list(OutboxRow.objects.order_by("key").values_list("key", "error")) == [
        ("c", ""),
        ("d", ""),
    ]


def test_a_log_in_mail_that_could_not_leave_is_forgotten_the_next_day() -> None:
    for key in ("old", "new"):
        outbox.put("account_mail", {"to": "typo@example.org", "text": "Code"}, key=key)
    OutboxRow.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=25))

    forget_mails_that_stayed(timezone.now())

    assert OutboxRow.objects.get(key="old").payload == {}
    assert OutboxRow.objects.get(key="new").payload["to"] == "typo@example.org"


@pytest.fixture
def mails_in_files(settings: Any) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return Path(settings.EMAIL_FILE_PATH)


def subjects(folder: Path) -> list[str]:
    """What is left to read, whatever its encoding."""
    mails = b"".join(f.read_bytes() for f in folder.iterdir()).split(b"-" * 79 + b"\n")
    messages = [email.message_from_bytes(mail, policy=default) for mail in mails if mail]
    return sorted(message["subject"] for message in messages)


Capture = Callable[..., AbstractContextManager[Any]]


def test_mails_written_to_files_go_with_the_person_they_speak_of(
    mails_in_files: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    hub = make_hub()
    person = make_resident(
        hub, email="lea@example.org", given_name="Léa", family_name="L’Étang", phone="06 11 22 33"
    )
    zoe = make_resident(hub, email="zoe@example.org")
    need = make_need(person, hub, title="Xylophone à accorder", text="Qui l’accorde ?")
    for subject, text, to in (
        ("1 à elle", "Bonjour", "Lea@example.org"),
        ("2 Léa L’Étang te remercie", "Merci", "zoe@example.org"),
        ("3", f"Un besoin : {need.title}", "zoe@example.org"),
        ("4", "Appelle le\n06 11 22 33", "zoe@example.org"),
        ("5", f"https://ruche.example/besoins/{need.pk}/", "zoe@example.org"),
        ("6 Léa Martin te remercie", "Un autre besoin", "zoe@example.org"),
    ):
        send_mail(subject, text, None, [to])
    assert len(subjects(mails_in_files)) == 6

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=person, by=person)

    assert subjects(mails_in_files) == ["6 Léa Martin te remercie"]
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=zoe, by=zoe)
    assert list(mails_in_files.iterdir()) == []


def test_an_erasure_that_is_rolled_back_takes_no_mail_and_is_not_noted(
    mails_in_files: Path,
) -> None:
    administrator = make_administrator()
    send_mail("Bonjour", "Toi", None, [administrator.email])

    with pytest.raises(LastAdministrator):
        erase_person(person=administrator, by=administrator)

    assert subjects(mails_in_files) == ["Bonjour"]
    assert erasures.noted() == {}


def test_an_erasure_is_noted_outside_the_database(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    person = make_resident()

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=person, by=person)

    assert list(erasures.noted()) == [person.pk]


def test_whom_a_backup_brings_back_is_erased_again_even_the_last_administrator() -> None:
    person = make_administrator()
    erasures.note(person.pk)

    assert (erasures.replay(), erasures.replay()) == (1, 0)

    assert Person.objects.get(pk=person.pk).state == PersonState.ERASED
    assert not NetworkRole.objects.exists()
