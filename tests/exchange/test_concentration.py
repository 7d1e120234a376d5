from essaim.exchange.concentration import concentration, heaviest


def test_equal_giving_rings_nothing() -> None:
    found = concentration([60] * 40, [60] * 40)

    assert (found.gini, found.rings, found.few) == (0, False, False)


def test_a_few_who_give_most_ring_the_alarm() -> None:
    given = [1200, 1200] + [30] * 38

    found = concentration(given, [60] * 40 + [30] * 38)

    assert found.top is not None
    assert found.top > 0.35
    assert found.rings


def test_little_help_is_unequal_by_chance_alone() -> None:
    """Ten helps to forty people leave thirty with nothing, whoever is asked."""
    given = [60] * 10 + [0] * 30

    found = concentration(given, [60] * 10)

    assert found.gini > 0.45
    assert (found.rings, found.few) == (False, True)


def test_the_same_gini_rings_where_much_was_given() -> None:
    given = [600] * 10 + [0] * 30

    found = concentration(given, [60] * 100)

    assert found.rings


def test_a_small_hive_has_no_twentieth() -> None:
    assert concentration([60, 60, 0], [60, 60]).top is None
    assert [heaviest(n) for n in (3, 39, 40)] == [1, 1, 2]


def test_the_same_hive_gives_the_same_answer() -> None:
    given, helps = [300] * 6 + [15] * 30, [60] * 30 + [15] * 30

    assert concentration(given, helps) == concentration(given, helps)
