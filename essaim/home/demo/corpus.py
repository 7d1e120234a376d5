"""A believable network, the same for the same seed.

What people read first is written by hand; the combinations only fill a network too large to be
read. Every draw comes from the `random.Random` given.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from random import Random

from essaim.home.demo.records import (
    DemoHub,
    DemoNeed,
    DemoPerson,
    DemoTrade,
    DemoVenture,
)
from essaim.home.demo.tables import (
    grouped,
    lines,
    needs_of,
    rows,
    toolbox_notes,
    written_hubs,
    written_ventures,
)

MAIL_DOMAIN = "example.org"  # reserved: no message can reach anybody
STAGES = {  # usual share of each stage among residents
    "idea": 3,
    "feasibility": 6,
    "first_users": 16,
    "legally_created": 14,
    "first_revenue": 22,
    "seed_funded": 14,
    "break_even": 12,
    "growth": 11,
    "scaling": 2,
}
TEAM_SIZES = {
    "idea": (1, 2),
    "feasibility": (1, 3),
    "first_users": (1, 3),
    "legally_created": (2, 4),
    "first_revenue": (2, 6),
    "seed_funded": (3, 8),
    "break_even": (4, 14),
    "growth": (6, 22),
    "scaling": (8, 30),
}
LEGAL_FORMS = ("association", "scop", "scic", "sas_ess", "micro")
UNREGISTERED_STAGES = ("idea", "feasibility")


class CorpusTooSmallError(ValueError):
    """More distinct things were asked for than the written parts can make."""


def trades() -> list[DemoTrade]:
    return [DemoTrade(**row) for row in rows("trades.csv")]


def hubs(rng: Random, n: int = 3) -> list[DemoHub]:
    written = list(written_hubs())
    taken = {hub.city for hub in written}
    towns = [town for town in lines("towns.txt") if town not in taken]
    missing = max(0, n - len(written))
    if missing > len(towns):
        raise CorpusTooSmallError(f"{n} hubs, and {len(towns) + len(written)} towns")
    return written[:n] + [_hub(rng, town) for town in rng.sample(towns, missing)]


def ventures(rng: Random, n: int) -> list[DemoVenture]:
    written = rng.sample(written_ventures(), min(n, len(written_ventures())))
    names = _venture_names()
    missing = n - len(written)
    if missing > len(names):
        raise CorpusTooSmallError(f"{n} ventures, and {len(names) + len(written)} names")
    return written + [_venture(rng, *name) for name in rng.sample(names, missing)]


def people(rng: Random, n: int, *, trades: Sequence[str] = ()) -> list[DemoPerson]:
    """`trades`, one for each person, lets a pitch tell of the venture the person works in."""
    if n > len(_full_names()):
        raise CorpusTooSmallError(f"{n} people, and {len(_full_names())} names")
    worked_in = trades or rng.choices(list(_pitches()), k=n)
    mailboxes: dict[str, Iterator[int]] = {}
    return [
        _person(rng, given, family, _address(mailbox, mailboxes), trade)
        for (given, family, mailbox), trade in zip(_drawn_names(rng, n), worked_in, strict=True)
    ]


def needs(rng: Random, n: int) -> list[DemoNeed]:
    """The written needs first, in both languages, then variants that differ in their text."""
    written = rng.sample(needs_of("needs.csv"), min(n, len(needs_of("needs.csv"))))
    return written + _variants(rng, n - len(written))


def thanks_for(need: DemoNeed, *, helper: str) -> str:
    return need.thanks.replace("{helper}", helper)


def handoff_for(need: DemoNeed, *, other: str) -> str:
    return need.handoff.replace("{other}", other)


def decline_remarks() -> tuple[str, ...]:
    return lines("declines.txt")


def host_notes() -> tuple[str, ...]:
    return lines("host_notes.txt")


def _hub(rng: Random, town: str) -> DemoHub:
    sentences = grouped("hub_parts.csv", "part", "sentence")
    return DemoHub(
        slug=_ascii(town),
        name=f"La Ruche {_of(town)}",
        city=town,
        street=f"{rng.randint(1, 98)}, rue {rng.choice(lines('venture_tails.txt'))}",
        postcode="",
        opening_hours=rng.choice([hub.opening_hours for hub in written_hubs()]),
        model=rng.choices(("own", "franchise"), (3, 2))[0],
        presentation=f"{rng.choice(sentences['opening'])} {rng.choice(sentences['life'])}",
    )


@cache
def _venture_names() -> tuple[tuple[str, str], ...]:
    taken = {venture.name for venture in written_ventures()}
    return tuple(
        (row["trade"], f"{head} {tail}")
        for row in rows("venture_parts.csv")
        for head in row["heads"].split("|")
        for tail in lines("venture_tails.txt")
        if _noun(head) not in tail.casefold() and f"{head} {tail}" not in taken
    )


def _noun(head: str) -> str:
    return re.split(r"[ ’]", head)[-1].casefold()


def _venture(rng: Random, trade: str, name: str) -> DemoVenture:
    stage = rng.choices(list(STAGES), list(STAGES.values()))[0]
    purpose = rng.choice(grouped("venture_parts.csv", "trade", "purposes")[trade][0].split("|"))
    legal_form = "none" if stage in UNREGISTERED_STAGES else rng.choice(LEGAL_FORMS)
    return DemoVenture(
        name=name,
        purpose=_filled(purpose, _slot_values(rng)),
        challenge=grouped("venture_parts.csv", "trade", "challenge")[trade][0],
        trade=trade,
        stage=stage,
        legal_form=legal_form,
        team_size=1 if legal_form == "micro" else rng.randint(*TEAM_SIZES[stage]),
    )


@cache
def _full_names() -> tuple[tuple[str, str, str], ...]:
    other_scripts = tuple(
        (row["given_name"], row["family_name"], row["mailbox"]) for row in rows("other_scripts.csv")
    )
    return other_scripts + tuple(
        (given, family, f"{_ascii(given)}.{_ascii(family)}")
        for given in lines("given_names.txt")
        for family in lines("family_names.txt")
    )


def _drawn_names(rng: Random, n: int) -> list[tuple[str, str, str]]:
    """From fifty people on, every other script is in: a page that breaks there must be seen."""
    names = _full_names()
    rare = names[: len(rows("other_scripts.csv"))] if n >= 50 else ()
    drawn = [*rare, *rng.sample(names[len(rows("other_scripts.csv")) :], n - len(rare))]
    rng.shuffle(drawn)
    return drawn


def _person(rng: Random, given: str, family: str, email: str, trade: str) -> DemoPerson:
    pitch = rng.choice(_pitches()[trade])
    trade_skills = pitch["skills"].split("|")
    notes = tuple(rng.sample(toolbox_notes(), rng.randint(1, 3)))
    skills = rng.sample(trade_skills, min(len(trade_skills), rng.randint(2, 3)))
    return DemoPerson(
        given_name=given,
        family_name=family,
        email=email,
        trade=trade,
        pitch=pitch["pitch"],
        skills=tuple(dict.fromkeys([*skills, *(note.skill for note in notes)])),
        notes=notes,
    )


@cache
def _pitches() -> dict[str, list[dict[str, str]]]:
    pitches: dict[str, list[dict[str, str]]] = {}
    for row in rows("pitches.csv"):
        pitches.setdefault(row["trade"], []).append(row)
    return pitches


def _address(mailbox: str, taken: dict[str, Iterator[int]]) -> str:
    """Names that differ only by an accent share a mailbox name: the second gets a number."""
    if mailbox not in taken:
        taken[mailbox] = count(2)
        return f"{mailbox}@{MAIL_DOMAIN}"
    return f"{mailbox}{next(taken[mailbox])}@{MAIL_DOMAIN}"


def _variants(rng: Random, n: int) -> list[DemoNeed]:
    made: dict[str, DemoNeed] = {}
    misses = 0
    while len(made) < n:
        need = _variant(rng)
        misses = misses + 1 if need.text in made else 0
        if misses > 1000:
            raise CorpusTooSmallError(f"{n} variants, and only {len(made)} distinct ones found")
        made.setdefault(need.text, need)
    return list(made.values())


def _variant(rng: Random) -> DemoNeed:
    pattern = rng.choice(needs_of("need_templates.csv"))
    values = _slot_values(rng)
    return DemoNeed(
        title=_filled(pattern.title, values),
        text=_filled(pattern.text, values),
        language=pattern.language,
        skills=pattern.skills,
        urgency=pattern.urgency,
        minutes=pattern.minutes,
        handoff=_filled(pattern.handoff, values),
        thanks=_filled(pattern.thanks, values),
        news=None if pattern.news is None else _filled(pattern.news, values),
    )


def _slot_values(rng: Random) -> dict[str, str]:
    values = {
        slot: rng.choice(words) for slot, words in grouped("slots.csv", "slot", "value").items()
    }
    at_start = {slot.capitalize(): value[0].upper() + value[1:] for slot, value in values.items()}
    return {**values, **at_start, "city": rng.choice(_towns_after_de())}


@cache
def _towns_after_de() -> tuple[str, ...]:
    """Sentences say « de {city} »; a town that would need « d’ » stays out of them."""
    return tuple(town for town in lines("towns.txt") if _of(town).startswith("de "))


def _of(town: str) -> str:
    return f"d’{town}" if _ascii(town)[0] in "aeiouyh" else f"de {town}"


def _filled(sentence: str, values: dict[str, str]) -> str:
    for slot, value in values.items():
        sentence = sentence.replace(f"{{{slot}}}", value)
    return sentence


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "-", plain.lower()).strip("-")
