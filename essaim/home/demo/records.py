"""What the demonstration is made of, before it becomes rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTrade:
    code: str
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True)
class DemoHub:
    """`postcode` is empty for the hubs that only fill a large network."""

    slug: str
    name: str
    city: str
    street: str
    postcode: str
    opening_hours: str
    model: str
    presentation: str


@dataclass(frozen=True, slots=True)
class DemoVenture:
    """`legal_form` is "none" while nothing is registered."""

    name: str
    purpose: str
    challenge: str
    trade: str
    stage: str
    legal_form: str
    team_size: int


@dataclass(frozen=True, slots=True)
class ToolboxNote:
    skill: str
    note: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    given_name: str
    family_name: str
    email: str
    trade: str
    pitch: str
    skills: tuple[str, ...]
    notes: tuple[ToolboxNote, ...]


@dataclass(frozen=True, slots=True)
class DemoNeed:
    """`news` is None when what happened is nobody else's business.

    `handoff` keeps an {other} and `thanks` may keep a {helper}: see `handoff_for`, `thanks_for`.
    """

    title: str
    text: str
    language: str
    skills: tuple[str, ...]
    urgency: str
    minutes: int
    handoff: str
    thanks: str
    news: str | None
