"""The simulated hives that encounters are judged in."""

import pytest

from tests.bench.encounters import comparison, people, summary
from tests.bench.hives import FORTNIGHTS, PEOPLE, Groups, Moment, Year, hive, lived
from tests.bench.ways import WAYS


def test_a_hive_lives_the_same_year_twice() -> None:
    first, again = (lived(hive(3), WAYS["random"], 3, fortnights=2) for _ in range(2))

    assert (first.srdp, first.met, first.drops) == (again.srdp, again.met, again.drops)
    assert first.times.tolist() == [2] * PEOPLE


@pytest.mark.parametrize("name", ["recon", "mmr"])
def test_published_ways_let_nobody_meet_again_too_soon(name: str) -> None:
    met: list[tuple[int, ...]] = []

    def noted(now: Moment) -> Groups:
        groups = WAYS[name](now)
        met.extend(groups)
        return groups

    lived(hive(1), noted, 1, fortnights=4)

    assert len({tuple(sorted(pair)) for pair in met}) == len(met) > PEOPLE


def test_the_whole_score_finds_more_than_chance() -> None:
    found = {
        name: summary([lived(hive(2), WAYS[name], 2, fortnights=6)]).srdp
        for name in ("random", "full")
    }

    assert found["full"] > 1.5 * found["random"] > 0


def test_rates_are_those_of_the_years_counted() -> None:
    year = Year(drawn=150, places=200, met=40, srdp=10, drops=[0.1, 0.3])
    year.times[:50] = FORTNIGHTS

    found = summary([year])

    assert (found.srdp, found.coverage, found.never, found.fewest) == (0.25, 0.75, 0.5, 0)
    assert "25.0%" in comparison({"full": [year]})


def test_people_of_the_bench_are_the_same_each_time() -> None:
    assert people(20, seed=1)[0] == people(20, seed=1)[0]
