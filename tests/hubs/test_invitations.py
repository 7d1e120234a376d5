"""One enters by a host's invitation: who may send it, what it opens, when it no longer does."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from essaim.core import journal, outbox
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.hubs.actions import invitations
from essaim.hubs.actions.residencies import ClosedHub, LivesHereAlready, end_everything
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Invitation, InvitationState, Residency
from essaim.people.models import PERSON, Person, PersonState
from tests.factories import make_director, make_host, make_hub, make_person, make_residency
from tests.hubs.inviting import ANSWER, invitation_of, invite, make_old

pytestmark = pytest.mark.django_db


def test_invitation_makes_a_person_a_bed_and_a_letter() -> None:
    hub = make_hub()
    host = make_host(hub, given_name="Aïcha")

    invitation = invitation_of(host, hub, email="Nadia@Example.net", message="Viens vite.")

    person = Person.objects.get(email="nadia@example.net")
    assert person.state == PersonState.INVITED
    assert Residency.objects.get(person=person, hub=hub).plan == "Résident"
    assert [line.verb for line in journal.of(invitation)] == ["invitation.send"]
    outbox.deliver()
    letter = mail.outbox[-1]
    assert letter.to == ["nadia@example.net"]
    assert "Viens vite." in letter.body
    assert invitation_path(invitation) in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers, "who is not in yet has nothing to leave"


def test_nobody_invites_into_a_hub_of_others() -> None:
    host = make_host(make_hub())

    with pytest.raises(NotAllowed):
        invite(host, make_hub())

    assert not Person.objects.filter(email="nadia@example.net").exists()


def test_director_invites_everywhere() -> None:
    assert invitation_of(make_director(), make_hub()).state == InvitationState.SENT


def test_second_host_is_told_that_the_person_is_invited() -> None:
    hub = make_hub()
    invite(make_host(hub), hub)

    with pytest.raises(invitations.AlreadyInvited):
        invite(make_host(hub), hub, email="NADIA@example.net")

    assert Invitation.objects.count() == 1
    assert Person.objects.filter(email__icontains="nadia").count() == 1


def test_member_of_another_hub_gains_a_residency_and_reads_it() -> None:
    hub, other = make_hub("La Halle"), make_hub("Le Môle")
    person = make_person(email="nadia@example.net")
    make_residency(person, other)

    assert invite(make_host(hub, given_name="Aïcha"), hub) is None

    assert Residency.objects.current().filter(person=person).count() == 2
    outbox.deliver()
    assert "La Halle" in mail.outbox[-1].subject


def test_resident_is_not_invited_again() -> None:
    hub = make_hub()
    make_residency(make_person(email="nadia@example.net"), hub)

    with pytest.raises(LivesHereAlready):
        invite(make_host(hub), hub)


def test_who_left_can_be_invited_back() -> None:
    hub = make_hub()
    person = make_person(email="nadia@example.net", state=PersonState.LEFT)

    invite(make_host(hub), hub)

    person.refresh_from_db()
    assert person.state == PersonState.INVITED


def test_invited_person_who_left_is_invited_anew(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    old = invitation_of(host, hub)
    end_everything(person=old.person)
    PERSON.fire(old.person, "leave")

    new = invitation_of(host, hub)

    assert client.get(invitation_path(old)).status_code == 410
    assert client.post(invitation_path(new), ANSWER).status_code == 302


def test_bed_is_there_even_if_it_was_unmade_meanwhile(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)
    Residency.objects.update(until_on=timezone.localdate())

    client.post(invitation_path(invitation), ANSWER)

    assert Residency.objects.current().get(person=invitation.person).hub == hub


def test_nobody_is_invited_into_a_closed_hive() -> None:
    hub = make_hub(closed_on=timezone.localdate())

    with pytest.raises(ClosedHub):
        invite(make_director(), hub)


def test_looking_at_the_link_changes_nothing(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)
    path = invitation_path(invitation)

    shown = [client.get(path).status_code, client.head(path).status_code]

    invitation.refresh_from_db()
    assert shown == [200, 200]
    assert invitation.state == InvitationState.SENT
    assert "_auth_user_id" not in client.session


def test_yes_opens_the_account_and_signs_in(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)

    answer = client.post(invitation_path(invitation), ANSWER | {"language": "en"})

    person = invitation.person
    person.refresh_from_db()
    assert (person.state, person.name, person.language) == (
        PersonState.ACTIVE,
        "Nadia Ben Salem",
        "en",
    )
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert client.session["_auth_user_id"] == str(person.pk)
    assert answer.status_code == 302
    assert [line.verb for line in journal.of(invitation)] == [
        "invitation.send",
        "invitation.accept",
    ]


def test_password_chosen_on_the_way_in_works(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)

    client.post(invitation_path(invitation), ANSWER | {"password": "une phrase bien à moi"})
    other = Client()
    other.post(
        "/compte/login/", {"login": "nadia@example.net", "password": "une phrase bien à moi"}
    )

    assert "_auth_user_id" in other.session


def test_weak_password_is_asked_again(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)

    answer = client.post(invitation_path(invitation), ANSWER | {"password": "123"})

    invitation.refresh_from_db()
    assert answer.status_code == 422
    assert invitation.state == InvitationState.SENT


def test_link_works_once(client: Client) -> None:
    hub = make_hub()
    path = invitation_path(invitation_of(make_host(hub), hub))
    client.post(path, ANSWER)
    thief = Client()

    answers = [thief.get(path).status_code, thief.post(path, ANSWER).status_code]

    assert answers == [410, 410]
    assert "_auth_user_id" not in thief.session


def test_two_who_accept_at_once_do_not_both_enter() -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)
    same = Invitation.objects.select_related("person").get(pk=invitation.pk)
    facts = {"given_name": "N", "family_name": "", "language": "fr", "password": None}
    invitations.accept_invitation(invitation=invitation, **facts)  # type: ignore[arg-type]

    with pytest.raises(Overtaken):
        invitations.accept_invitation(invitation=same, **facts)  # type: ignore[arg-type]


def test_old_link_opens_nothing_and_says_nothing(client: Client) -> None:
    hub = make_hub("La Halle")
    invitation = invitation_of(make_host(hub), hub)
    make_old(invitation)

    page = client.get(invitation_path(invitation))

    text = page.content.decode()
    assert page.status_code == 410
    assert not re.search("Halle|nadia", text)
    with pytest.raises(invitations.NoLongerValid):
        invitations.accept_invitation(
            invitation=invitation, given_name="N", family_name="", language="fr", password=None
        )


def test_forged_used_and_withdrawn_links_show_the_same_page(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    withdrawn = invitation_of(host, hub)
    invitations.withdraw_invitation(invitation=withdrawn, by=host)
    path = invitation_path(withdrawn)
    forged = path[:-3] + "xx/"

    texts = []
    for tried in (path, forged):
        answer = client.get(tried)
        assert answer.status_code == 410
        text = answer.content.decode().replace(tried, "…")
        texts.append(re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', "", text))

    assert texts[0] == texts[1]


def test_old_link_asks_the_host_again_once(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)
    make_old(invitation)
    again = invitation_path(invitation) + "redemander/"

    answers = [client.post(again).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert [n.code for n in host.notices.all()] == ["invitation_asked_again"]


def test_used_link_asks_nobody(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    path = invitation_path(invitation_of(host, hub))
    client.post(path, ANSWER)

    assert client.post(path + "redemander/").status_code == 200

    assert host.notices.count() == 0


def test_invited_person_who_signs_in_by_code_lands_on_the_invitation(client: Client) -> None:
    hub = make_hub()
    invitation = invitation_of(make_host(hub), hub)
    outbox.deliver()
    asked = client.post("/compte/login/code/", {"email": "nadia@example.net"})
    outbox.deliver()
    code = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert code

    answer = client.post(asked["Location"], {"code": code.group()})

    assert answer["Location"] == invitation_path(invitation)
    assert "_auth_user_id" not in client.session


def test_old_password_does_not_stand_in_for_a_yes(client: Client) -> None:
    hub = make_hub()
    person = make_person(email="nadia@example.net", state=PersonState.LEFT)
    person.set_password("une phrase d’autrefois")
    person.save()
    invitations.confirm_address(person=person)
    invite(make_host(hub), hub)

    answer = client.post(
        "/compte/login/", {"login": person.email, "password": "une phrase d’autrefois"}
    )

    assert answer["Location"] == "/compte/inactive/"
    assert "_auth_user_id" not in client.session


def test_letter_is_sent_again_and_lives_fourteen_days_more() -> None:
    hub = make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)
    make_old(invitation)

    invitations.resend_invitation(invitation=invitation, by=host)

    outbox.deliver()
    assert invitation.expires_at > timezone.now() + timedelta(days=13)
    assert len(mail.outbox) == 2


def test_letter_is_not_sent_twice_in_a_row() -> None:
    hub = make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)

    with pytest.raises(invitations.TooSoon):
        invitations.resend_invitation(invitation=invitation, by=host)


def test_withdrawn_letter_that_has_not_left_never_leaves() -> None:
    hub = make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)

    invitations.withdraw_invitation(invitation=invitation, by=host)
    outbox.deliver()

    person = Person.objects.get(pk=invitation.person_id)
    assert mail.outbox == []
    assert person.state == PersonState.LEFT
    assert not Residency.objects.current().filter(person=person).exists()


def test_withdrawing_in_one_hub_keeps_the_other() -> None:
    hub, other = make_hub(), make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)
    kept = invitation_of(make_host(other), other)

    invitations.withdraw_invitation(invitation=invitation, by=host)

    kept.person.refresh_from_db()
    assert kept.person.state == PersonState.INVITED
    assert [r.hub for r in Residency.objects.current().filter(person=kept.person)] == [other]


def test_yes_in_one_hub_is_yes_in_both(client: Client) -> None:
    hub, other = make_hub(), make_hub()
    invitation = invitation_of(make_host(hub), hub)
    second = invitation_of(make_host(other), other)

    client.post(invitation_path(invitation), ANSWER)

    second.refresh_from_db()
    assert second.state == InvitationState.ACCEPTED
