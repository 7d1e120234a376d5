import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from essaim.home.demo import corpus
from essaim.home.demo.records import DemoNeed
from essaim.home.demo.tables import DATA, needs_of, rows, toolbox_notes, written_ventures
from essaim.people.skill_seed import read_seed

FORMS = {"none", "association", "scop", "scic", "sas_ess", "micro"}
DRAWS: list[tuple[Callable[..., list[Any]], int]] = [
    (corpus.hubs, 100),
    (corpus.ventures, 9_600),
    (corpus.people, 16_000),
    (corpus.needs, 20_000),
]


def french_sentences() -> Iterator[tuple[str, str]]:
    for path in sorted(DATA.iterdir()):
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.endswith(",en"):
                yield path.name, line


def all_needs() -> list[DemoNeed]:
    return [*needs_of("needs.csv"), *corpus.needs(Random(5), 5_000)]


@pytest.mark.parametrize(("draw", "n"), DRAWS)
def test_same_seed_gives_the_same_network(draw: Callable[..., list[Any]], n: int) -> None:
    assert draw(Random(7), n) == draw(Random(7), n)


@pytest.mark.parametrize(("draw", "n"), DRAWS)
def test_another_seed_gives_another_network(draw: Callable[..., list[Any]], n: int) -> None:
    assert draw(Random(7), n) != draw(Random(8), n)


@pytest.mark.parametrize(
    ("draw", "n", "key"),
    [
        (corpus.hubs, 100, "slug"),
        (corpus.hubs, 100, "name"),
        (corpus.ventures, 9_600, "name"),
        (corpus.people, 16_000, "email"),
        (corpus.needs, 20_000, "text"),
    ],
)
def test_nothing_is_drawn_twice(draw: Callable[..., list[Any]], n: int, key: str) -> None:
    drawn = draw(Random(7), n)

    assert len({getattr(thing, key) for thing in drawn}) == len(drawn) == n


def test_no_two_people_share_a_full_name() -> None:
    names = Counter((p.given_name, p.family_name) for p in corpus.people(Random(7), 16_000))

    assert [name for name, times in names.items() if times > 1] == []


def test_sixteen_thousand_people_take_less_than_three_seconds() -> None:
    start = time.perf_counter()

    corpus.people(Random(7), 16_000)

    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    ("draw", "n"), [(corpus.hubs, 101), (corpus.ventures, 50_000), (corpus.people, 100_000)]
)
def test_asking_for_too_many_is_refused(draw: Callable[..., list[Any]], n: int) -> None:
    with pytest.raises(corpus.CorpusTooSmallError):
        draw(Random(7), n)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("ventures.csv", 180),
        ("pitches.csv", 150),
        ("toolbox_notes.csv", 100),
        ("hubs.csv", 3),
    ],
)
def test_enough_was_written_by_hand(name: str, least: int) -> None:
    assert len(rows(name)) >= least


@pytest.mark.parametrize(
    ("lines", "least"),
    [(corpus.decline_remarks, 60), (corpus.host_notes, 40)],
)
def test_enough_lines_and_no_double(lines: Callable[[], tuple[str, ...]], least: int) -> None:
    assert len(set(lines())) == len(lines()) >= least


def test_needs_are_written_in_both_languages() -> None:
    languages = Counter(need.language for need in needs_of("needs.csv"))

    assert languages["fr"] >= 260
    assert languages["en"] >= 20


@pytest.mark.parametrize("field", ["title", "text", "thanks"])
def test_no_written_need_repeats_another(field: str) -> None:
    values = Counter(getattr(need, field) for need in needs_of("needs.csv"))

    assert [value for value, times in values.items() if times > 1] == []


def test_needs_keep_within_the_limits() -> None:
    too_long = [
        need.title
        for need in all_needs()
        if len(need.title) > 120 or len(need.text) > 600 or len(need.thanks) > 500
    ]

    assert too_long == []


def test_needs_use_the_values_of_the_trade() -> None:
    needs = all_needs()

    assert {need.urgency for need in needs} == {"now", "week", "month"}
    assert {need.minutes for need in needs} == {15, 30, 60, 120}


def test_written_ventures_cover_every_trade_and_stage() -> None:
    ventures = written_ventures()

    trades = {trade.code for trade in corpus.trades()}
    assert {v.trade for v in ventures} == trades
    assert {row["trade"] for row in rows("pitches.csv")} == trades
    assert {row["trade"] for row in rows("venture_parts.csv")} == trades
    assert {v.stage for v in ventures} == set(corpus.STAGES)
    assert {v.legal_form for v in ventures} <= FORMS


def test_unregistered_ventures_have_no_legal_form() -> None:
    drawn = corpus.ventures(Random(7), 5_000)[len(written_ventures()) :]

    wrong = [
        v.name
        for v in drawn
        if (v.legal_form == "none") is not (v.stage in corpus.UNREGISTERED_STAGES)
    ]
    assert wrong == []


def test_every_skill_named_exists() -> None:
    codes = {skill.code for skill in read_seed()}

    named = {code for need in all_needs() for code in need.skills}
    named |= {note.skill for note in toolbox_notes()}
    named |= {code for row in rows("pitches.csv") for code in row["skills"].split("|")}
    assert named - codes == set()


def test_every_family_of_skills_has_toolbox_notes() -> None:
    parents = {skill.code: skill.parent_code for skill in read_seed()}

    def family(code: str) -> str:
        parent = parents[code]
        return code if parent is None else family(parent)

    notes = Counter(family(note.skill) for note in toolbox_notes())
    families = [code for code, parent in parents.items() if parent is None]
    assert [code for code in families if notes[code] < 2] == []


def test_pitch_tells_of_the_trade_asked_for() -> None:
    trades = ["food", "sport", "housing"] * 20

    drawn = corpus.people(Random(7), 60, trades=trades)

    assert [person.trade for person in drawn] == trades


def test_names_in_other_scripts_are_among_the_first_fifty() -> None:
    drawn = {person.given_name for person in corpus.people(Random(7), 50)}

    assert {row["given_name"] for row in rows("other_scripts.csv")} <= drawn


def test_mail_can_reach_nobody() -> None:
    address = re.compile(r"[a-z]+[a-z.-]*[a-z]\d*@example\.org")

    assert [
        person.email
        for person in corpus.people(Random(7), 16_000)
        if not address.fullmatch(person.email)
    ] == []


def test_no_slot_is_left_open() -> None:
    needs = all_needs()
    sentences = [corpus.thanks_for(need, helper="Awa") for need in needs]
    sentences += [corpus.handoff_for(need, other="Hugo") for need in needs]
    sentences += [f"{need.title} {need.text} {need.news}" for need in needs]
    sentences += [venture.purpose for venture in corpus.ventures(Random(7), 5_000)]

    assert [sentence for sentence in sentences if re.search(r"[{}]", sentence)] == []


def test_handoff_names_the_other_person() -> None:
    need = corpus.needs(Random(7), 1)[0]

    assert "Hugo" in corpus.handoff_for(need, other="Hugo")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(r"\w'\w", id="straight apostrophe"),
        pytest.param(r" [;:!?»]", id="breaking space before a sign"),
        pytest.param(r"« ", id="breaking space inside guillemets"),
        pytest.param(r"\w[;!?](?!\w)", id="no space before a sign"),
        pytest.param(r"\d [€%]", id="breaking space before a unit"),
        pytest.param(r"\d \d{3}\b", id="breaking space inside a number"),
        pytest.param(r"  ", id="two spaces"),
        pytest.param(r"\bde (?:[AEIOUYÉ][a-zé]+)", id="missing elision"),
        pytest.param(r"(?i)succès|passionné|n’hésite pas|au cœur de", id="worn phrase"),
    ],
)
def test_french_is_set_with_care(fault: str) -> None:
    wrong = [(name, line) for name, line in french_sentences() if re.search(fault, line)]

    assert wrong == []
