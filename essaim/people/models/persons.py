"""A person: who they are, how they sign in, what they let others see; and roles on the network."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.core.writing import folded, sought


class Audience(models.TextChoices):
    """Up to whom something may be shown. The order is from the narrowest to the widest."""

    ON_YES = "on_yes", _("only people I help or who help me")
    HUB = "hub", _("my hive")
    NETWORK = "network", _("the whole network")
    PUBLIC = "public", _("everyone, on the public site")


class PersonState(models.TextChoices):
    EXPECTED = "expected", _("not invited yet")
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("member")
    LEFT = "left", _("left")
    ERASED = "erased", _("erased")


GONE = (PersonState.LEFT, PersonState.ERASED)


def photo_address(photo_id: UUID | None) -> str:
    return reverse("people:photo", args=[photo_id]) if photo_id else ""


class PersonQuerySet(models.QuerySet["Person"]):
    def present(self) -> "PersonQuerySet":
        """Neither gone nor erased: may be found in the directory."""
        return self.exclude(state__in=GONE)

    def left(self) -> "PersonQuerySet":
        return self.filter(state=PersonState.LEFT)

    def visible_to(self, person: Any) -> "PersonQuerySet":
        """Members find everyone present; visitors those who chose to be shown in public."""
        if person.is_authenticated:
            return self.present()
        return self.present().filter(profile_audience=Audience.PUBLIC)

    def named(self, typed: str) -> "PersonQuerySet":
        """Those of whose names one begins with each word typed, whatever its case or accents.

        Of an emoji alone no letter is left: it names nobody.
        """
        words = sought(typed)
        found = self if words else self.none()
        for word in words:
            found = found.filter(
                Q(folded_name__startswith=word) | Q(folded_name__contains=f" {word}")
            )
        return found

    def by_name(self) -> "PersonQuerySet":
        return self.order_by("folded_name", "id")

    def bulk_create(self, objs: Iterable["Person"], *args: Any, **kwargs: Any) -> list["Person"]:
        people = list(objs)
        for person in people:
            person.fold_name()
        return super().bulk_create(people, *args, **kwargs)


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person: Person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        person: Person = self.get(email=(username or "").lower())
        return person


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    # Family name first, without accents: for finding and sorting. Written by `save`.
    folded_name = models.CharField(max_length=200, editable=False, default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    about = models.CharField(_("about me"), max_length=300, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    state = models.CharField(
        max_length=10, choices=PersonState.choices, default=PersonState.EXPECTED
    )
    profile_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] in ("network", "public")],
        default=Audience.NETWORK,
    )
    email_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] != Audience.PUBLIC],
        default=Audience.ON_YES,
    )
    phone_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] != Audience.PUBLIC],
        default=Audience.ON_YES,
    )
    # The same picture in two sizes; its address changes with it.
    photo = models.ForeignKey("core.Document", models.SET_NULL, null=True, related_name="+")
    photo_small = models.ForeignKey("core.Document", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # When anything that the matching index reads about this person last changed.
    matched_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name"]

    personal_data = PersonalData(
        of=("pk",),
        # The row stays, without anything that names the person: help given must still add up.
        personal={
            "email": Erase.KEEP,
            "given_name": Erase.EMPTY,
            "family_name": Erase.EMPTY,
            "folded_name": Erase.EMPTY,
            "phone": Erase.EMPTY,
            "about": Erase.EMPTY,
            "password": Erase.EMPTY,
        },
        why="The address is replaced by one that cannot receive mail, by the action that erases.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=Q(state__in=PersonState.values), name="person_state_known"
            ),
        )
        indexes = (
            models.Index(fields=["matched_at"], name="person_matched"),
            models.Index(fields=["folded_name", "state"], name="person_by_folded_name"),
        )

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_name()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded_name"}
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        self.folded_name = folded(f"{self.family_name} {self.given_name}")[:200]

    @property
    def name(self) -> str:
        if self.state == PersonState.ERASED:
            return str(_("A former member"))
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def photo_url(self) -> str:
        """Of the small one, for lists; empty without a photo."""
        return self._address_of(self.photo_small_id)

    @property
    def big_photo_url(self) -> str:
        return self._address_of(self.photo_id)

    def _address_of(self, photo_id: UUID | None) -> str:
        return photo_address(photo_id) if self.is_present() else ""

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for "may sign in"."""
        return self.state in (PersonState.INVITED, PersonState.ACTIVE)

    def is_present(self) -> bool:
        return self.state not in GONE

    def is_reachable(self) -> bool:
        return self.is_active


PERSON = Machine(
    "state",
    Transition("invite", (PersonState.EXPECTED, PersonState.LEFT), PersonState.INVITED),
    Transition("join", (PersonState.EXPECTED, PersonState.INVITED), PersonState.ACTIVE),
    Transition(
        "leave", (PersonState.EXPECTED, PersonState.INVITED, PersonState.ACTIVE), PersonState.LEFT
    ),
    Transition("come_back", (PersonState.LEFT,), PersonState.ACTIVE),
    Transition(
        "erase",
        (PersonState.EXPECTED, PersonState.INVITED, PersonState.ACTIVE, PersonState.LEFT),
        PersonState.ERASED,
    ),
)


class Role(models.TextChoices):
    DIRECTOR = "director", _("network director")
    ADMINISTRATOR = "administrator", _("administrator")


class NetworkRole(models.Model):
    """A role on the whole network. Roles on a hub live with the hub."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="network_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    since_on = models.DateField(default=timezone.localdate)

    personal_data = PersonalData(of=("person",), personal={"role": Erase.ROW})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "role"], name="one_network_role"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"
