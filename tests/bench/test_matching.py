"""The bench of matching on tiny made-up data, laid out like the public ones."""

import argparse
import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz.distance import OSA

from essaim.matching import Document, Hit
from tests.bench.matching import command, melo, peers, spoken
from tests.bench.matching.ablation import ablation_table
from tests.bench.matching.data import Benchmark, Question, benchmarks, esco_documents
from tests.bench.matching.melo import Ranking, judged
from tests.bench.matching.parts import SWITCHES, WHOLE, opened
from tests.bench.matching.quality import ENGINES, OURS, Scores, measure, scores
from tests.bench.matching.report import MEAN, TARGETS, melo_table, targets_table
from tests.bench.matching.variants import asked, misspelt
from tests.bench.matching.work import Bar, Tick, run
from tests.bench.tiny_data import write_everything, write_lines


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_everything(tmp_path)
    return tmp_path


def options(data: Path, **given: Any) -> argparse.Namespace:
    plain: dict[str, Any] = {"split": "dev", "sample": None, "sizes": []}
    plain |= {"without": [], "calibrate": False}
    return argparse.Namespace(data=data, **(plain | given))


def test_every_file_of_the_split_is_a_benchmark(data: Path) -> None:
    found = {one.name: len(one.questions) for one in benchmarks(data, "dev")}

    assert found == {
        "rome": 2,
        "esco_skill": 2,
        "cards": 2,
        "beta": 1,
        "melo_bel_fr": 1,
        "melo_fra_en": 1,
        "melo_fra_fr": 1,
        "melo_usa_en": 1,
    }


def test_a_card_holds_five_skills_and_answers_for_each(data: Path) -> None:
    [cards] = [one for one in benchmarks(data, "dev") if one.name == "cards"]
    held = {document.id: document.lines for document in cards.documents()}
    skills = {document.id: document.lines[0] for document in esco_documents(data)}

    assert sorted(line for lines in held.values() for line in lines) == sorted(skills.values())
    assert max(map(len, held.values())) == min(5, len(skills))
    assert [sorted(question.answers) for question in cards.questions] == [
        sorted({card for card, lines in held.items() for skill in right if skills[skill] in lines})
        for right in (question.answers for question in questions_of_esco(data))
    ]


def questions_of_esco(data: Path) -> list[Question]:
    [esco] = [one for one in benchmarks(data, "dev") if one.name == "esco_skill"]
    return esco.questions


def test_another_split_of_the_same_folder_is_read_alone(data: Path) -> None:
    question = {"id": "9", "q": "Archetier", "full": "", "rel": ["Z2"]}
    write_lines(data / "bench/rome_appellation.held.jsonl", question)

    [rome] = benchmarks(data, "held")

    assert rome.questions == [Question("Archetier", ["Z2"])]


def test_a_folder_without_the_split_is_refused(data: Path) -> None:
    with pytest.raises(SystemExit, match=r"no bench/\*\.lost\.jsonl .* --data DIR and --split"):
        command.run(options(data, split="lost"), print)


def test_a_sample_is_the_same_each_time(data: Path) -> None:
    rows = [{"id": str(at), "q": f"Luthier {at}", "full": "", "rel": ["Z2"]} for at in range(50)]
    write_lines(data / "bench/rome_appellation.held.jsonl", *rows)

    [first], [second] = (benchmarks(data, "held", 5) for _ in range(2))

    assert first.questions == second.questions
    assert len(first.questions) == 5


def test_a_document_of_a_trade_has_its_wordings_its_skills_and_its_definition(data: Path) -> None:
    rome = benchmarks(data, "dev")[0]

    assert rome.documents()[0] == Document(
        "Z1", 1, "Affineur / Affineuse", ["Fromager / Fromagère", "Fabriquer des tommes"]
    )


def test_questions_are_varied_by_machine() -> None:
    benchmark = Benchmark("b", [Question("élever des chèvres", ["x"], short="élever")], list)

    texts = {name: [one.text for one in some] for name, some in asked(benchmark).items()}

    assert asked(benchmark) == asked(benchmark)
    assert list(texts) == ["b", "b_typo", "b_noacc", "b_need", "b_short"]
    assert texts["b_noacc"] == ["elever des chevres"]
    assert texts["b_short"] == ["élever"]
    assert "élever des chèvres" in texts["b_need"][0]
    assert texts["b_need"] != texts["b"]


def test_a_variant_that_changes_nothing_is_left_out() -> None:
    benchmark = Benchmark("b", [Question("goat farm", ["x"])], list, "en")

    assert list(asked(benchmark)) == ["b", "b_need"]


def test_a_misspelt_word_is_one_edit_away_and_short_words_are_kept() -> None:
    chance = random.Random(1)

    written = {misspelt("le violon", chance) for _ in range(60)}

    assert len(written) > 10
    assert "le violon" in written
    for text in written:
        small, word = text.split(" ")
        assert small == "le"
        assert OSA.distance(word, "violon") <= 1


def test_scores_are_those_of_the_first_right_answer() -> None:
    answers = [["a", "b"], ["c", "a"], [], [*"ghijkl", "a"]]

    found = scores(answers, [{"a", "b"}, {"a"}, {"a"}, {"a"}])

    assert found == Scores(
        mrr=(1 + 1 / 2 + 0 + 1 / 7) / 4, hit1=0.25, hit5=0.5, hit10=0.75, empty_share=0.25,
        questions=4,
    )  # fmt: skip


def test_links_marked_exact_are_a_test_of_their_own(data: Path) -> None:
    [esco] = [one for one in benchmarks(data, "dev") if one.name == "esco_skill"]

    found = measure({"esco_skill": esco.questions}, esco.documents(), "bm25", lambda: None)

    assert (found["esco_skill"].questions, found["esco_exact"].questions) == (2, 1)
    assert found["esco_exact"].mrr == 1


def people() -> list[Document]:
    return [
        Document("violin", 1, "", ["Réparer un violon", "Vernir"]),
        Document("cheese", 1, "", ["Fabriquer des tommes de chèvre"]),
        Document("both", 1, "", ["Vendre tommes et violons au marché du village voisin"]),
    ]


def test_bm25_ranks_the_shorter_of_two_equals_first_and_does_not_correct() -> None:
    search = peers.bm25(people())

    assert search("violons") == ["violin", "both"]
    assert search("voilon") == []


def test_a_search_of_every_word_finds_nothing_for_a_sentence() -> None:
    search = peers.and_prefix(people())

    assert search("repar viol") == ["violin"]
    assert search("réparer mon violon") == []
    assert search("") == []


def test_stems_and_stop_words_help_it_until_a_word_of_asking_comes() -> None:
    search = peers.and_stem(people())

    assert search("réparer mon violon") == ["violin"]
    assert search("je cherche à réparer mon violon") == []


def test_trigrams_are_counted_as_postgresql_does() -> None:
    # The example of its manual: similarity('word', 'two words') is 4 / 11.
    search = peers.trigram([Document("near", 1, "", ["two words"]), Document("far", 1, "", ["w"])])

    assert search("word") == ["near"]
    assert search("tout autre chose") == []


def test_a_hundred_answers_at_most_with_equals_in_order() -> None:
    search = peers.bm25([Document(f"{at:03}", 1, "", ["violon"]) for at in range(300)])

    assert search("violon") == [f"{at:03}" for at in range(100)]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_answers_the_same_questions(data: Path, engine: str) -> None:
    ticks: list[None] = []
    rome = benchmarks(data, "dev")[0]

    found = measure(asked(rome), rome.documents(), engine, lambda: ticks.append(None))

    assert list(found) == ["rome", "rome_typo", "rome_noacc", "rome_need"]
    assert len(ticks) == sum(one.questions for one in found.values()) == 8


def test_melo_is_judged_as_trec_eval_does() -> None:
    found = judged([["x", "a", "y", "b"], ["c"]], [{"a", "b", "z"}, {"c"}])

    assert found == Ranking(
        success_1=0.5,
        success_5=1,
        success_10=1,
        recip_rank=(1 / 2 + 1) / 2,
        recall_10=(2 / 3 + 1) / 2,
        map=((1 / 2 + 2 / 4) / 3 + 1) / 2,
    )


def test_melo_ranks_each_surface_form_for_itself(data: Path) -> None:
    [fra] = [one for one in benchmarks(data, "dev") if one.name == "melo_fra_fr"]
    assert fra.corpus is not None

    assert [one.id for one in melo.forms(fra.corpus).documents] == ["f1", "f2", "f3"]
    assert melo.measure(fra, "bm25", lambda: None) == Ranking(1, 1, 1, 1, 1, 1)


def test_published_models_say_that_they_are_of_the_full_set(data: Path) -> None:
    models = melo.published(data)["melo_usa_en"]

    shown = melo_table({OURS: Ranking(1, 1, 1, 1, 1, 1)}, models).splitlines()

    assert shown[2].startswith("| essaim, this split ")
    assert shown[3].startswith("| bge_m3, published on the full set |     0.500 | 0.600 | 0.700 ")


def test_the_bench_gives_the_figures_of_the_promise(data: Path) -> None:
    said: list[str] = []

    found = command.run(options(data), said.append)

    promised = {*TARGETS, *(f"{name}_mrr" for name in MEAN), "mean_mrr", "bm25_mean_mrr"}
    assert promised - found.keys() == set()
    assert found["melo_fra_fr_success10"].value == 1
    assert found["rome_need_empty_share"].target == 0
    assert found["and_prefix_rome_need_empty_share"].value == 1
    assert f"« {spoken.SENTENCES[0].text} »  (expected at 1)" in "".join(said)
    assert "| rome_need_empty_share  | 0.000 |      0 |     yes |" in targets_table(found)


def test_weights_are_learned_from_one_half_and_judged_on_the_other(data: Path) -> None:
    said: list[str] = []

    found = command.run(options(data, calibrate=True), said.append)

    assert sorted(found) == ["calibrated_mean_mrr", "shipped_mean_mrr"]
    assert "learned from the other half" in said[0]


def test_parts_are_compared_with_the_whole(data: Path) -> None:
    said: list[str] = []

    found = command.run(options(data, without=["spelling"]), said.append)

    assert list(found) == ["mean_mrr", "without_spelling_mean_mrr"]
    assert found["without_spelling_mean_mrr"].value < found["mean_mrr"].value
    assert "| without spelling | " in "".join(said)


def test_the_table_of_parts_tells_what_is_lost_without_each() -> None:
    whole, less = (Scores(mrr, 0, 0, 0, 0, 1) for mrr in (0.75, 0.5))

    assert ablation_table({"": {"rome": whole}, "line": {"rome": less}}) == (
        "| MRR          |   rome | mean_mrr |\n"
        "|--------------|--------|----------|\n"
        "| whole        |  0.750 |    0.750 |\n"
        "| without line | -0.250 |   -0.250 |\n"
    )


KNOWN = (
    Document("networks", 1, "Un projet", ["Faire vivre des réseaux sociaux"]),
    Document("worker", 1, "Réseaux de santé", ["Assistant social", "Projets"]),
    Document("funding", 1, "", ["Plan de financement"]),
)


def _ranked(folder: Path, part: str) -> list[tuple[str, float]]:
    with opened(folder / f"index-{part}", part) as index:
        index.put(KNOWN)
        found = index.search("faire reseaux sociaux, financmenet")
        return [(hit.id, hit.score) for hit in found]


@pytest.mark.parametrize("part", SWITCHES)
def test_each_part_can_be_switched_off_and_comes_back(tmp_path: Path, part: str) -> None:
    whole = _ranked(tmp_path, WHOLE)

    assert _ranked(tmp_path, part) != whole
    assert _ranked(tmp_path, WHOLE) == whole


def _square(number: int, tick: Tick) -> int:
    tick()
    return number * number


def test_jobs_run_in_other_processes_and_keep_their_order(capsys: Any) -> None:
    assert run([partial(_square, number) for number in (5, 3, 4)], 3) == [25, 9, 16]
    assert "100% of 3 questions" in capsys.readouterr().err


def test_progress_tells_each_tenth_once(capsys: Any) -> None:
    bar = Bar(20)
    for done in (1, 2, 3, 20):
        bar.show(done)

    told = [line.split(",")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == [" 10% of 20 questions", "100% of 20 questions"]


def test_the_ten_sentences_expect_skills_that_exist() -> None:
    known = {document.id for document in spoken.skill_documents()}

    assert len(spoken.SENTENCES) == 10
    assert {code for one in spoken.SENTENCES for code in one.expected} <= known


def test_social_networks_are_not_social_workers() -> None:
    worker = Document("worker", 1, "", ["Assistant social / Assistante sociale"])
    heard = spoken.hear([*spoken.skill_documents(), worker], [])

    [networks] = [one for one in heard if "reseaux sociaux" in one.sentence.text]
    assert networks.skills[0].id == "social-networks"


def test_what_was_heard_is_told_for_reading() -> None:
    one = spoken.hear([Document("crm", 1, "", ["CRM"])], [])[-1]
    hit: Hit = one.skills[0]

    assert list(spoken.told([one], {"crm": "Suivi des contacts"})) == [
        "« notre fichier de contcats est un vrai bazar, quel CRM choisir ? »  (expected at 1)",
        f"   * {hit.score:.2f} Suivi des contacts  [CRM]",
        "     trades: none",
        "",
    ]
