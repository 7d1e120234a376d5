from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from essaim.core import digest, notifications, outbox
from essaim.core.ids import uuid7
from essaim.core.mail import Letter, read_letter, send, unsubscribe_token
from essaim.core.models import Channel, Notice, NoticePreference, OutboxRow
from essaim.people.models import Person, PersonState
from tests.factories import make_host, make_hub, make_person

pytestmark = pytest.mark.django_db

KIND = notifications.Kind("bell", "The bell rings", Channel.NOW)


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> None:
    monkeypatch.setitem(notifications.KINDS, "bell", KIND)
    monkeypatch.setattr("essaim.core.mail._plain", lambda template, facts: facts["text"])


TEXT = "Ça sonne\n\nBonjour,\nil est midi et demi.\n\n-> J’arrive | /ma-journee/\n"


def ring(person: object, **more: object) -> None:
    notifications.notify(KIND, to=person, title="Ça sonne", path="/", key="b1", text=TEXT, **more)  # type: ignore[arg-type]


def test_a_notice_stays_on_the_page_and_leaves_by_mail() -> None:
    ring(make_person(email="lea@example.org"))

    outbox.deliver()

    message: Any = mail.outbox[0]
    assert message.to == ["lea@example.org"]
    assert message.subject == "Ça sonne"
    assert "http://localhost:8000/ma-journee/" in message.body
    assert "J’arrive</a>" in message.alternatives[0][0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Notice.objects.get().mailed_at is not None


def test_the_same_thing_is_told_once() -> None:
    person = make_person()

    ring(person)
    ring(person)

    assert Notice.objects.count() == OutboxRow.objects.count() == 1


def test_an_errand_done_twice_sends_one_mail() -> None:
    ring(make_person())
    outbox.deliver()
    OutboxRow.objects.update(done_at=None, claim=None, claimed_until=None)

    outbox.deliver()

    assert len(mail.outbox) == 1


def test_who_prefers_the_digest_gets_no_mail_now() -> None:
    person = make_person()
    notifications.prefer(person=person, kind=KIND, channel=Channel.DIGEST)

    ring(person)

    assert (Notice.objects.count(), OutboxRow.objects.count()) == (1, 0)


def test_nothing_leaves_for_someone_who_left() -> None:
    person = make_person(state=PersonState.LEFT)
    ring(person)

    outbox.deliver()

    assert mail.outbox == []


def test_quiet_hours_hold_the_mail_back() -> None:
    ring(make_person(), mail_at=timezone.now() + timedelta(hours=8))

    assert outbox.deliver() == 0
    assert Notice.objects.count() == 1


def test_unsubscribing_takes_a_click_and_a_get_changes_nothing(client: Client) -> None:
    person = make_person()
    url = f"/messages/desabonner/{unsubscribe_token(person_id=person.pk, code='bell')}/"

    assert client.get(url).status_code == 200
    assert notifications.channel_of(KIND, person) == Channel.NOW
    # As a mailbox does (RFC 8058): a post without our cookie.
    Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})

    assert notifications.channel_of(KIND, person) == Channel.SILENT


def unsubscribe_url(person: Person, code: str = "bell") -> str:
    return f"/messages/desabonner/{unsubscribe_token(person_id=person.pk, code=code)}/"


def test_unsubscribing_twice_is_harmless_and_the_way_back_is_beside_it(client: Client) -> None:
    person = make_person()
    url = unsubscribe_url(person)
    for _time in range(2):
        page = client.post(url)
        assert page.status_code == 200
        assert 'value="again"' in page.content.decode()
    assert notifications.channel_of(KIND, person) == Channel.SILENT

    client.post(url, {"do": "again"})

    assert notifications.channel_of(KIND, person) == Channel.NOW


def test_a_link_stops_that_kind_for_that_person_alone(client: Client) -> None:
    person, other = make_person(), make_person()

    client.post(unsubscribe_url(person))

    assert notifications.channel_of(KIND, other) == Channel.NOW
    assert notifications.channel_of(digest.DIGEST, person) == Channel.NOW


def test_the_link_of_an_old_mail_still_works(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person()
    url = unsubscribe_url(person)
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    monkeypatch.setattr("time.time", later.timestamp)

    assert client.post(url).status_code == 200
    assert notifications.channel_of(KIND, person) == Channel.SILENT


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.ERASED])
def test_the_link_of_who_is_gone_leads_nowhere(client: Client, state: str) -> None:
    assert client.post(unsubscribe_url(make_person(state=state))).status_code == 404
    nobody = unsubscribe_token(person_id=uuid7(), code="bell")
    assert client.post(f"/messages/desabonner/{nobody}/").status_code == 404
    assert not NoticePreference.objects.exists()


@pytest.mark.parametrize("code", ["need_in_hand", "invitation", "no_such_kind"])
def test_what_may_not_be_stopped_has_no_link(client: Client, code: str) -> None:
    person = make_person()
    assert client.post(unsubscribe_url(person, code)).status_code == 404
    assert not NoticePreference.objects.exists()


def test_the_page_speaks_the_language_of_the_reader(client: Client) -> None:
    page = client.get(unsubscribe_url(make_person(language="en")))
    assert "Stop these e-mails" in page.content.decode()


@pytest.mark.parametrize("code", [*notifications.KINDS, "no_such_kind"])
def test_every_letter_that_may_be_stopped_says_so_to_the_mailbox_and_no_other(code: str) -> None:
    person = make_person()
    send(Letter("Ça sonne"), to=person, code=code, key="k")

    headers = mail.outbox[0].extra_headers
    kind = notifications.KINDS.get(code)
    if kind is None or not kind.mutable:
        assert [name for name in headers if name.startswith("List-")] == []
        assert "desabonner" not in str(mail.outbox[0].body)
        return
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})
    assert notifications.channel_of(kind, person) == Channel.SILENT


def test_only_what_friday_would_be_too_late_for_leaves_at_once() -> None:
    """Somebody waits for an answer, a moment nears, or the reader has asked for it."""
    at_once = {kind.code for kind in notifications.KINDS.values() if kind.channel == Channel.NOW}
    assert at_once - {"bell"} == {
        "ask_received", "ask_reminder", "buzz_minutes", "buzz_need_kept", "desk_proposed",
        "digest", "encounter_agreed", "encounter_how", "encounter_off", "encounter_proposed",
        "encounter_round_drawn", "encounter_since", "friday_ready", "help_agreed",
        "help_cancelled", "help_dated", "help_disputed", "help_mission",
        "help_mission_answered", "help_proposed", "help_reminder", "help_undated",
        "host_called", "host_introduces", "host_nudge", "host_paused", "host_thanks",
        "host_wrote", "introduction_asked", "introduction_made", "introduction_offered",
        "introduction_since", "introduction_to_send", "invitation", "invitation_asked_again",
        "minutes_claimed", "need_in_hand", "need_status", "nobody_took", "one_more_hub",
        "photo_taken_down", "promise_reminder", "silence", "time_is_over",
    }  # fmt: skip


def test_a_forged_unsubscribe_link_is_not_found(client: Client) -> None:
    assert client.get("/messages/desabonner/forged:token/").status_code == 404


def test_marking_as_read(client: Client) -> None:
    person = make_person()
    ring(person)
    client.force_login(person)

    page = client.get("/messages/")
    client.post("/messages/")

    assert "Ça sonne" in page.content.decode()
    assert Notice.objects.get().read_at is not None


def test_preferences_are_kept(client: Client) -> None:
    person = make_person()
    client.force_login(person)

    client.post("/messages/reglages/", {"bell": "digest", "unknown": "now"})

    assert notifications.channel_of(KIND, person) == Channel.DIGEST
    assert "selected" in client.get("/messages/reglages/").content.decode()


def test_what_only_hosts_are_told_is_asked_of_hosts_only(client: Client) -> None:
    host, member = make_host(make_hub()), make_person()

    client.force_login(member)
    for_member = client.get("/messages/reglages/").content.decode()
    client.force_login(host)
    for_host = client.get("/messages/reglages/").content.decode()

    assert 'name="host_called"' not in for_member
    assert 'name="host_called"' in for_host


def test_fridays_letter_cannot_wait_for_fridays_letter(client: Client) -> None:
    client.force_login(make_person())

    page = client.get("/messages/reglages/").content.decode()

    letter = page.split('name="digest"')[1].split("</select>")[0]
    assert 'value="now"' in letter
    assert 'value="digest"' not in letter


def test_a_letter_is_subject_paragraphs_and_buttons() -> None:
    letter = read_letter("Sujet\n\nUn\ndeux\n\nTrois\n-> Oui | /oui/\n-> Non | /non/\n")

    assert letter.subject == "Sujet"
    assert letter.paragraphs == ["Un\ndeux", "Trois"]
    assert letter.buttons == [
        ("Oui", "http://localhost:8000/oui/"),
        ("Non", "http://localhost:8000/non/"),
    ]
