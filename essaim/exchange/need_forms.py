"""What is typed about needs and asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line, Prose, Search
from essaim.core.ids import uuid7
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.actions.hosting import WORDS
from essaim.exchange.models import LIVE, Need, NeedAudience, NeedState, Urgency
from essaim.exchange.wording import TITLE
from essaim.people.models import Skill

MINUTES = (15, 30, 45, 60, 90, 120, 180, 240)
CHOICES = {"class": "choices"}


class SkillChoice(forms.ModelMultipleChoiceField[Skill]):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class NeedForm(forms.Form):
    """The sentence, when, and how far; title and skills only where the page shows them."""

    text = Prose(
        label=_("What do you need?"),
        help_text=_("One sentence is enough, as you would say it at the coffee machine."),
        max_length=2000,
        error_messages={"required": _("Write in a few words what you need.")},
        widget=forms.Textarea(
            attrs={
                "class": "said",
                "rows": 3,
                "data-draft": "need",
                "autofocus": True,
                "dir": "auto",
                "hx-post": reverse_lazy("exchange:need_propose"),
                "hx-trigger": "input changed delay:400ms",
                "hx-target": "#proposals",
                "hx-swap": "innerHTML",
                "hx-include": "closest form",
                "hx-sync": "this:replace",
            }
        ),
    )
    urgency = forms.ChoiceField(
        label=_("When?"),
        choices=Urgency.choices,
        initial=Urgency.WEEK,
        widget=forms.RadioSelect(attrs=CHOICES),
    )
    audience = forms.ChoiceField(
        label=_("Who may be asked?"),
        choices=NeedAudience.choices,
        initial=NeedAudience.NETWORK,
        widget=forms.RadioSelect(attrs=CHOICES),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid7)

    def clean_key(self) -> UUID:
        key: UUID | None = self.cleaned_data["key"]
        return key or uuid7()


class ProposalForm(forms.Form):
    """The title and the skills proposed while one types. What the author changed stays changed."""

    title = Line(
        label=_("In short"),
        max_length=TITLE,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )
    title_proposed = Line(max_length=TITLE, required=False, widget=forms.HiddenInput)
    skills = SkillChoice(
        label=_("Skills that would help"),
        queryset=Skill.objects.usable(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHOICES),
    )

    def limit_skills(self, skills: Sequence[Skill]) -> None:
        """To those, which were read already: they are asked for again only to check an answer."""
        field = self.skill_field
        field.queryset = Skill.objects.filter(pk__in=[skill.pk for skill in skills])
        field.choices = [(skill.pk, field.label_from_instance(skill)) for skill in skills]

    @property
    def skill_field(self) -> SkillChoice:
        field = self.fields["skills"]
        assert isinstance(field, SkillChoice)
        return field


class DraftForm(ProposalForm):
    """All of a draft, on the page that shows who will be asked."""

    text = Prose(
        label=_("Your words"),
        max_length=2000,
        error_messages={"required": _("Write in a few words what you need.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    minutes = forms.TypedChoiceField(label=_("How long would it take?"), coerce=int)
    urgency = forms.ChoiceField(
        label=_("When?"), choices=Urgency.choices, widget=forms.RadioSelect(attrs=CHOICES)
    )
    audience = forms.ChoiceField(
        label=_("Who may be asked?"),
        choices=NeedAudience.choices,
        widget=forms.RadioSelect(attrs=CHOICES),
    )
    looking_for = Line(
        label=_("Somebody you would like to reach? An organisation, or a person"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )
    field_order = ("title", "text", "skills", "minutes", "urgency", "audience", "looking_for")

    def __init__(self, *args: Any, need: Need, proposed: list[Skill], **kwargs: Any) -> None:
        chosen = list(need.skills.all())
        kept = ("title", "text", "minutes", "urgency", "audience", "looking_for")
        initial: dict[str, Any] = {name: getattr(need, name) for name in kept}
        initial["skills"] = [skill.pk for skill in chosen]
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        del self.fields["title_proposed"]
        self.limit_skills(list(dict.fromkeys([*chosen, *proposed])))
        _offer_minutes(self, need)


def _offer_minutes(form: forms.Form, need: Need) -> None:
    minutes = form.fields["minutes"]
    assert isinstance(minutes, forms.TypedChoiceField)
    minutes.choices = [(m, minutes_words(m)) for m in sorted({*MINUTES, need.minutes})]


class OtherWords(forms.Form):
    """A need that nobody has taken, said otherwise."""

    text = Prose(
        label=_("Your words"),
        max_length=2000,
        error_messages={"required": _("Write in a few words what you need.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    minutes = forms.TypedChoiceField(label=_("How long would it take?"), coerce=int)

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        kwargs["initial"] = {"text": need.text, "minutes": need.minutes}
        super().__init__(*args, **kwargs)
        _offer_minutes(self, need)


class AnswerForm(forms.Form):
    """The words that go with « not me but… »."""

    who = Line(
        label=_("Who would know?"),
        help_text=_("A name of the network, or a few words. Nobody is asked without the author."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class HostWords(forms.Form):
    """To the author, of a need that waits."""

    words = Line(
        label=_("Your message"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NeedFilter(forms.Form):
    """How the list of needs is narrowed and ordered; nonsense in an address narrows nothing."""

    q = Search(label=_("Search"))
    urgency = forms.ChoiceField(
        label=_("When"), required=False, choices=[("", _("whenever")), *Urgency.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("waiting or in hand")),
            *(pair for pair in NeedState.choices if pair[0] != NeedState.DRAFT),
            ("all", _("all")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("usual order")),
            ("new", _("newest first")),
            ("old", _("oldest first")),
            ("urgent", _("most urgent")),
        ],
    )

    @property
    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q") or "")

    def narrowed(self, needs: QuerySet[Need]) -> QuerySet[Need]:
        """By all but the words, which are for the index."""
        self.is_valid()
        asked = self.cleaned_data
        if urgency := asked.get("urgency"):
            needs = needs.filter(urgency=urgency)
        state = asked.get("state")
        if state != "all":
            needs = needs.filter(state=state) if state else needs.filter(state__in=LIVE)
        return needs
