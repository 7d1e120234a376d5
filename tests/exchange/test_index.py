"""The side files of matching as files: opened by threads, put aside, thrown away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from essaim.exchange import index
from essaim.matching import Index

pytestmark = pytest.mark.django_db


def test_what_was_put_aside_is_thrown_away_after_a_week(settings: Any) -> None:
    index.refresh(index.PEOPLE)
    index.put_aside(index.PEOPLE)
    aside = Path(settings.VAR_DIR) / f"{index.PEOPLE.file}.damaged"

    index.compare_everything(timezone.now() + timedelta(days=6))
    assert aside.exists()

    index.compare_everything(timezone.now() + timedelta(days=8))
    assert not aside.exists()


def test_threads_open_a_side_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    index._index(index.PEOPLE)
    index.close()
    opened = []

    def slowly(*how: Any) -> Index:
        opened.append(how)
        sleep(0.05)
        return Index(*how)

    monkeypatch.setattr(index, "Index", slowly)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(index._index, [index.PEOPLE] * 4))

    assert (len(found), len(opened)) == (1, 1)
