"""Ventures and their teams."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.people.freshness import touch
from essaim.people.models import Affiliation, AffiliationRole, Person, Venture
from essaim.people.rules import founds, in_team


class SiretTaken(Refusal):
    message = _("A venture with this SIRET is already here. Ask its team to let you join.")


class RnaTaken(Refusal):
    message = _("A venture with this RNA number is already here. Ask its team to let you join.")


class VentureTaken(Refusal):
    message = _("This SIRET or RNA number was taken meanwhile. Reload the page to see by whom.")


class InTeamAlready(Refusal):
    message = _("This person is already in the team.")


class NotInTeam(Refusal):
    message = _("This person is no longer in the team.")


class LastFounder(Refusal):
    message = _("The last founder cannot go while others stay: name another founder first.")


@transaction.atomic
def create_venture(*, by: Person, **fields: Any) -> Venture:
    """Who creates a venture founds it."""
    venture = Venture(**fields)
    _save(venture)
    Affiliation.objects.create(person=by, venture=venture, role=AffiliationRole.FOUNDER)
    touch([by.pk])
    journal.record("venture.create", venture, by=by)
    return venture


@transaction.atomic
def update_venture(*, venture: Venture, by: Person, **fields: Any) -> None:
    if not in_team(by, venture):
        raise NotAllowed
    for name, value in fields.items():
        setattr(venture, name, value)
    _save(venture, fields=[*fields])
    touch(_team(venture).values_list("person_id", flat=True))
    journal.record("venture.update", venture, by=by, fields=" ".join(sorted(fields)))


def _save(venture: Venture, fields: list[str] | None = None) -> None:
    others = Venture.objects.exclude(pk=venture.pk)
    if venture.siret and others.filter(siret=venture.siret).exists():
        raise SiretTaken
    if venture.rna and others.filter(rna=venture.rna).exists():
        raise RnaTaken
    try:
        with transaction.atomic():
            venture.save(update_fields=fields)
    except IntegrityError as race:
        raise VentureTaken from race


@transaction.atomic
def add_to_team(
    *, venture: Venture, person: Person, by: Person, role: str = AffiliationRole.TEAM
) -> Affiliation:
    if not founds(by, venture) or not person.is_present():
        raise NotAllowed
    affiliation = Affiliation(person=person, venture=venture, role=role)
    try:
        with transaction.atomic():
            affiliation.save(force_insert=True)
    except IntegrityError as race:
        raise InTeamAlready from race
    touch([person.pk])
    journal.record("venture.join", venture, by=by, person=str(person.pk), role=role)
    return affiliation


@transaction.atomic
def change_role(*, affiliation: Affiliation, role: str, by: Person) -> None:
    venture = _locked(affiliation)
    if not founds(by, venture):
        raise NotAllowed
    if role != AffiliationRole.FOUNDER:
        _keep_a_founder(venture, affiliation.person_id)
    if not _team(venture).filter(pk=affiliation.pk).update(role=role):
        raise NotInTeam
    journal.record("venture.role", venture, by=by, person=str(affiliation.person_id), role=role)


@transaction.atomic
def leave_venture(*, affiliation: Affiliation, by: Person) -> None:
    """Oneself, or somebody whom a founder takes out of the team."""
    venture = _locked(affiliation)
    if by.pk != affiliation.person_id and not founds(by, venture):
        raise NotAllowed
    _keep_a_founder(venture, affiliation.person_id)
    leaving = _team(venture).filter(pk=affiliation.pk)
    if not leaving.update(until_on=timezone.localdate()):
        raise NotInTeam
    touch([affiliation.person_id])
    journal.record("venture.leave", venture, by=by, person=str(affiliation.person_id))


def end_everything(*, person: Person) -> None:
    """For the actions by which a person leaves or is erased, in their transaction.

    Nobody is kept here by a team: where no founder is left, the whole team may do what founders do.
    """
    Affiliation.objects.current().filter(person=person).update(until_on=timezone.localdate())


def _keep_a_founder(venture: Venture, leaving: UUID) -> None:
    team = _team(venture)
    founders = team.filter(role=AffiliationRole.FOUNDER).values_list("person_id", flat=True)
    if set(founders) == {leaving} and team.exclude(person_id=leaving).exists():
        raise LastFounder


def _locked(affiliation: Affiliation) -> Venture:
    """Two founders who leave at once must see each other."""
    return Venture.objects.select_for_update().get(pk=affiliation.venture_id)


def _team(venture: Venture) -> QuerySet[Affiliation]:
    return Affiliation.objects.current().filter(venture=venture)
