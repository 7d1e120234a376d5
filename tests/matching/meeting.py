"""Small groups of people who want to meet, for tests and properties of encounters."""

from itertools import combinations

from hypothesis import strategies as st

from essaim.matching.encounters import Guest, Met, Past
from essaim.matching.ties import Ties
from essaim.matching.wanting import Offer, Want

WORDS = ["financement", "menuiserie", "vidéo", "statuts", "cuisine", "site", "compost", "bail"]
SKILLS = {"budget": "money", "bank": "money", "film": "image", "photo": "image"}


def guest(name: str, wants: str = "", offers: str = "", **more: object) -> Guest:
    """Wants and offers separated by commas."""
    return Guest(
        name,
        tuple(Want(text.strip(), age_days=0.0) for text in wants.split(",") if text),
        tuple(Offer(text.strip()) for text in offers.split(",") if text),
        **more,  # type: ignore[arg-type]
    )


@st.composite
def _wants(draw: st.DrawFn) -> Want:
    skills = draw(st.lists(st.sampled_from(sorted(SKILLS)), max_size=2))
    age = draw(st.sampled_from([None, 0.0, 7.0, 40.0]))
    tree = {skill: SKILLS[skill] for skill in skills}
    return Want(draw(st.sampled_from(WORDS)), tree, age, age == 7.0)


@st.composite
def _offers(draw: st.DrawFn) -> Offer:
    skill = draw(st.sampled_from(sorted(SKILLS)))
    return Offer(draw(st.sampled_from(WORDS)), {skill: SKILLS[skill]})


@st.composite
def gatherings(draw: st.DrawFn, most: int = 9) -> tuple[list[Guest], Past]:
    """Guests, and a past in which some know each other, some met, some stay apart."""
    names = [f"p{number}" for number in range(draw(st.integers(0, most)))]
    guests = [
        Guest(
            name,
            tuple(draw(st.lists(_wants(), max_size=2))),
            tuple(draw(st.lists(_offers(), max_size=3))),
            frozenset(draw(st.lists(st.sampled_from("abcd"), max_size=3))),
            draw(st.sampled_from([0.0, 0.3, 1.0])),
            draw(st.booleans()),
        )
        for name in names
    ]
    two = list(combinations([*names, "elsewhere"], 2))
    some = st.lists(st.sampled_from(two), max_size=8) if two else st.just([])
    met = {pair: Met(draw(st.sampled_from([14.0, 170.0, 200.0]))) for pair in draw(some)}
    tags = {"elsewhere": frozenset("ab")}
    return guests, Past(Ties(draw(some)), tags, frozenset(draw(some)), met)
