"""No page shows a link to something that its reader may not open, or that is not there."""

from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.utils import timezone

from essaim.exchange import index
from essaim.exchange.models import HelpState, NeedAudience
from essaim.hubs.models import Hub
from tests.attack.crawling import LINK, view_of
from tests.attack.network import ROLES, settle
from tests.factories import make_exchange, make_need, make_resident

pytestmark = pytest.mark.django_db

# Of one view, how many addresses are followed: the people of a network are many.
SAME_VIEW = 3
# Each figure has records of its own.
MORE = {"core:figure": 30}
# 204: nothing has changed since the page was read.
OPENS = (200, 204, 301, 302)


@pytest.fixture(autouse=True)
def _index_closed() -> Iterator[None]:
    yield
    index.close()


class Reader:
    """Follows every link of every page, in the order in which they are met."""

    def __init__(self, client: Client, starts: list[str]) -> None:
        self.client = client
        self.waiting = [("", path) for path in ["/", *starts]]
        self.met = {path for _page, path in self.waiting}
        self.counts: Counter[str | None] = Counter()

    def broken(self) -> Iterator[str]:
        while self.waiting:
            page, path = self.waiting.pop(0)
            answer: Any = self.client.get(path)
            if answer.status_code not in OPENS:
                yield f"{page} leads to {path}: {answer.status_code}"
            self._note_links(path, answer)
            if answer.streaming:
                b"".join(answer)  # read to its end, as a browser would: its files close

    def _note_links(self, path: str, answer: Any) -> None:
        found = [answer["Location"]] if answer.headers.get("Location") else []
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found = [unescape(link) for link in LINK.findall(answer.content.decode())]
        for link in found:
            to = urljoin(path, link)
            if to in self.met or to.startswith("/static/"):
                continue
            self.met.add(to)
            view = view_of(to)
            self.counts[view] += 1
            if self.counts[view] <= MORE.get(view or "", SAME_VIEW):
                self.waiting.append((path, to))


def test_every_link_of_every_page_opens_for_each_role() -> None:
    scene, read, found = settle(), 0, list[str]()
    _keep_help_inside(scene.elsewhere)

    for role, way_in in ROLES.items():
        for client, starts in way_in(scene):
            reader = Reader(client, starts)
            found += [f"{role}: {fault}" for fault in reader.broken()]
            read += len(reader.met)

    assert read > 1000
    assert found == [], "\n".join(found)


def _keep_help_inside(hub: Hub) -> None:
    """What only its own people and those who look after it may open, newest of its lists."""
    author, helper = make_resident(hub), make_resident(hub)
    need = make_need(author, hub, audience=NeedAudience.HUB, level=3)
    done = {"state": HelpState.CONFIRMED, "confirmed_at": timezone.now(), "minutes": 30}
    make_exchange(helper, author, hub, need=need, **done)
