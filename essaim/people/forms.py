"""What people type about themselves, their ventures and skills."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.documents import FileEmpty
from essaim.core.fields import Line
from essaim.core.refusals import Refusal
from essaim.core.writing import line
from essaim.people import skill_tree
from essaim.people.documents import PHOTO
from essaim.people.models import Audience, Person, Skill, SkillState, Venture
from essaim.people.registration import read_rna, read_siret


class ProfileForm(forms.ModelForm[Person]):
    given_name = Line(label=_("Given name"), max_length=80)
    family_name = Line(label=_("Family name"), max_length=80, required=False)
    about = Line(
        label=_("In one sentence, who are you?"),
        help_text=_("What you do, what you like to be asked about. 300 signs at most."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"class": "said", "rows": 3}),
    )
    phone = forms.RegexField(
        r"^[0-9+().\-\s/]{6,30}$",
        label=_("Phone"),
        required=False,
        error_messages={"invalid": _("A phone number has digits, spaces, and a + at most.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    class Meta:
        model = Person
        fields = ("given_name", "family_name", "about", "phone", "language")
        labels = {"language": _("Language of my pages and mails")}

    def clean_phone(self) -> str:
        return line(self.cleaned_data["phone"])


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("A picture of you"),
        help_text=_(
            "JPEG, PNG or WebP, 10 MB at most. It is cut square around its middle; where and when "
            "it was taken is not kept."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(PHOTO.types), "data-preview": "photo"}),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": FileEmpty.message,
        },
    )


class VisibilityForm(forms.ModelForm[Person]):
    class Meta:
        model = Person
        fields = ("profile_audience", "email_audience", "phone_audience")
        labels = {
            "profile_audience": _("My page: name, photo, venture, what I can lend"),
            "email_audience": _("My e-mail"),
            "phone_audience": _("My phone"),
        }
        help_texts = {
            "profile_audience": _(
                "In public, anyone can read it: your name, your photo, your public ventures, your "
                "skills without the notes."
            ),
            "email_audience": _("The hosts of your hive always see it, to be able to reach you."),
            "phone_audience": _("The hosts of your hive always see it, to be able to call you."),
        }
        widgets = {
            "profile_audience": forms.RadioSelect,
            "email_audience": forms.RadioSelect,
            "phone_audience": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email_audience", "phone_audience"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = WORDS


# The words of the choices, said to the person who chooses.
WORDS = [
    (Audience.ON_YES, _("only people I help or who help me")),
    (Audience.HUB, _("those, and the members of my hive")),
    (Audience.NETWORK, _("every member of the network")),
]


class VentureForm(forms.ModelForm[Venture]):
    name = Line(label=_("Name of the venture"), max_length=120)
    purpose = Line(
        label=_("What is it for, in one sentence?"),
        help_text=_("The social purpose: who lives better thanks to you? 300 signs at most."),
        max_length=300,
        widget=forms.Textarea(attrs={"class": "said", "rows": 3}),
    )
    challenge = Line(
        label=_("Challenge"),
        help_text=_("For example: food waste, loneliness of old people."),
        max_length=120,
        required=False,
    )
    trade = Line(
        label=_("Trade"),
        help_text=_("For example: cannery, bicycle repair, training."),
        max_length=120,
        required=False,
    )
    siret = Line(
        label=_("SIRET"),
        help_text=_("14 digits, spaces allowed; when the venture has one."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    rna = Line(
        label=_("RNA"),
        help_text=_("For an association: W and 9 digits."),
        required=False,
        max_length=30,
    )
    website = forms.URLField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )

    class Meta:
        model = Venture
        fields = (
            "name",
            "purpose",
            "challenge",
            "trade",
            "family",
            "stage",
            "legal_form",
            "siret",
            "rna",
            "website",
            "audience",
        )
        labels = {
            "family": _("Impact family"),
            "stage": _("Where does it stand?"),
            "legal_form": _("Legal form"),
            "audience": _("Who may see this page?"),
        }

    def clean_siret(self) -> str:
        return _cleaned(read_siret, self.cleaned_data["siret"])

    def clean_rna(self) -> str:
        return _cleaned(read_rna, self.cleaned_data["rna"])

    def _post_clean(self) -> None:
        """The action looks for twins under its lock and says it in its own words."""


def _cleaned(read: Callable[[str], str], typed: str) -> str:
    try:
        return read(typed)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class SkillChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Skills by their tree, in the reader's language."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        ordered = queryset.select_related("parent__parent").order_by(
            "parent__parent__label_fr", "parent__label_fr", "label_fr"
        )
        super().__init__(ordered, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        names = [obj.label]
        while obj.parent is not None:
            obj = obj.parent
            names.append(obj.label)
        return " › ".join(reversed(names))


class SkillForm(forms.Form):
    """A host's words for a skill, and its place in the tree."""

    label_fr = Line(label=_("In French"), max_length=120)
    label_en = Line(label=_("In English"), max_length=120)
    parent = SkillChoice(
        Skill.objects.filter(state=SkillState.ACCEPTED, level__lt=3),
        label=_("Under"),
        required=False,
        empty_label=_("a family of its own"),
    )


class MergeForm(forms.Form):
    into = SkillChoice(
        Skill.objects.filter(state=SkillState.ACCEPTED),
        label=_("Merge it into"),
        empty_label=_("choose the other"),
    )


class Seen(forms.Form):
    """How the skill stood when its host opened the page: of two at once, one is told."""

    seen = forms.DateTimeField(
        widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]
    )


class PlaceForm(SkillForm, Seen):
    def __init__(self, *args: Any, skill: Skill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _leave_out(self, "parent", skill)


class FoldForm(MergeForm, Seen):
    def __init__(self, *args: Any, skill: Skill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _leave_out(self, "into", skill)


def _leave_out(form: forms.Form, name: str, skill: Skill) -> None:
    """Neither itself nor what stands under it."""
    field: Any = form.fields[name]
    below = [child.pk for child in skill_tree.descendants(skill)]
    field.queryset = field.queryset.exclude(pk__in=[skill.pk, *below])
