"""An encounter from the card to "we met", between two people in two browsers."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.exchange.actions import rounds
from essaim.exchange.models import Encounter, EncounterPlace, EncounterState, Told
from essaim.people.models import SkillKind
from tests.exchange.meeting import make_guest
from tests.factories import lend, make_host, make_hub, make_need, make_skill
from tests.journeys.test_need_to_thanks import page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


def link_in_mail_to(address: str) -> str:
    # The test may run at night, when mails wait for the morning.
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    body = str(next(letter for letter in mail.outbox if letter.to == [address]).body)
    found = re.search(r"Choisir un moment\n(http\S+)", body)
    assert found, body
    return found[1].removeprefix(settings.PUBLIC_URL)


def test_two_people_are_drawn_choose_a_moment_meet_and_say_how_it_was(
    browser: "Browser", live_server: Any
) -> None:
    hub, law = make_hub("La Halle"), make_skill("Droit des baux")
    lea = make_guest(hub, given_name="Léa")
    karim = make_guest(hub, given_name="Karim", email="karim@example.org")
    lend(karim, law, "Dix ans chez un notaire.")
    make_need(lea, hub, title="Relire mon bail").skills.add(law)
    lend(lea, make_skill("Photographie"))
    karim.skills.create(skill=make_skill("Photo"), kind=SkillKind.WANTS_TO_LEARN)
    make_guest(hub, given_name="Nadia")
    make_guest(hub, given_name="Omar")
    found = rounds.draw_round(hub=hub, by=None)
    seat = EncounterPlace.objects.get(round=found, person=lea)
    assert seat.encounter_id == EncounterPlace.objects.get(round=found, person=karim).encounter_id

    # The host looks at the draw, and sends it.
    host = page_of(browser, live_server, make_host(hub), DESK)
    host.goto("/hote/rencontres/")
    expect(host.get_by_text("Karim")).not_to_have_count(0)
    host.get_by_role("button", name="L’envoyer maintenant").click()
    expect(host.get_by_text("C’est parti")).to_be_visible()

    # Léa finds it on her day, reads why, and ticks two moments.
    phone = page_of(browser, live_server, lea, PHONE)
    phone.goto("/ma-journee/")
    phone.get_by_role("link", name="Karim : pourquoi vous deux, et quand").click()
    expect(phone.get_by_text("Dix ans chez un notaire")).to_be_visible()
    boxes = phone.get_by_role("checkbox")
    boxes.nth(1).check()
    boxes.nth(2).check()
    phone.get_by_role("button", name="Ceux-là me vont").click()
    expect(phone.get_by_text("n’a pas encore choisi")).to_be_visible()

    # Karim answers from his mail, without signing in.
    desk = page_of(browser, live_server, None, DESK)
    desk.goto(link_in_mail_to("karim@example.org"))
    desk.get_by_role("checkbox").nth(2).check()
    desk.get_by_role("button", name="Ceux-là me vont").click()
    expect(desk.get_by_text("C’est fixé")).to_be_visible()
    encounter = Encounter.objects.get(places__person=lea)
    assert encounter.state == EncounterState.AGREED
    assert encounter.meets_at is not None
    assert encounter.meets_at.isoformat() == encounter.slots[2]

    # The moment has come and gone: Léa says that they met, and how it was.
    Encounter.objects.filter(pk=encounter.pk).update(meets_at=timezone.now() - timedelta(hours=2))
    phone.goto(f"/rencontres/{encounter.pk}/")
    phone.get_by_text("Sans doute pas").click()
    phone.get_by_role("radio", name="5").check()
    phone.get_by_role("button", name="Voilà comment c’était").click()
    expect(phone.get_by_text("Merci. Les prochains tirages")).to_be_visible()
    encounter.refresh_from_db()
    told = EncounterPlace.objects.get(encounter=encounter, person=lea)
    assert encounter.state == EncounterState.MET
    assert (told.told, told.anyway, told.useful) == (Told.MET, False, 5)

    # What she said is not on Karim's page.
    desk.reload()
    expect(desk.get_by_text("a eu lieu")).to_be_visible()
    expect(desk.get_by_text("utile 5")).to_have_count(0)
