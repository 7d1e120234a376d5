from collections.abc import Iterator

import pytest

from essaim.exchange import index


@pytest.fixture(autouse=True)
def _indexes_closed() -> Iterator[None]:
    yield
    index.close()
