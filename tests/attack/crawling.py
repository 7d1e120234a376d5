"""From page to page by their links, as one person."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLResolver, get_resolver, resolve, reverse

from tests.attack.forms import Form, forms_of

LINK = re.compile(r'\b(?:href|data-dialog|hx-get)="(/[^"#]*|\?[^"#]*)')
SAME_VIEW = 2
# Where forms only show what forms look like.
SAMPLES = {"core:gallery"}


def addresses_without_arguments() -> Iterator[str]:
    def walk(patterns: list[Any], space: str) -> Iterator[str]:
        for pattern in patterns:
            if pattern.pattern.regex.groups:
                continue
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            elif pattern.name and f"{space}{pattern.name}" not in SAMPLES:
                yield reverse(f"{space}{pattern.name}")

    yield from walk(get_resolver().url_patterns, "")


def view_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


class Walk:
    """Every page that a client reaches; of pages of one view, a few."""

    def __init__(self, client: Client, starts: Iterable[str], known: set[Any]) -> None:
        self.client = client
        self.waiting = [*starts, *addresses_without_arguments()]
        self.met = set(self.waiting)
        self.counts: Counter[str] = Counter()
        self.known = known

    def forms(self) -> Iterator[Form]:
        """Each once: a form that leads to the same view with the same fields is the same."""
        for path, html in self._pages():
            for form in forms_of(html, path):
                if _sign(form) not in self.known:
                    self.known.add(_sign(form))
                    yield form

    def _pages(self) -> Iterator[tuple[str, str]]:
        while self.waiting:
            path = self.waiting.pop(0)
            answer = self.client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code in (301, 302):
                self._note(urljoin(path, answer["Location"]))
            elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                html = answer.content.decode()
                for link in LINK.findall(html):
                    self._note(urljoin(path, unescape(link)))
                yield path, html
            if answer.streaming:
                b"".join(answer)  # read to its end, as a browser would: its files close

    def _note(self, path: str) -> None:
        """What a page is asked by its query changes its rows, seldom its forms."""
        path = path.partition("?")[0]
        view = view_of(path)
        if path in self.met or view is None or view in SAMPLES:
            return
        self.met.add(path)
        self.counts[view] += 1
        if self.counts[view] <= SAME_VIEW:
            self.waiting.append(path)


def _sign(form: Form) -> Any:
    fields = tuple(sorted((each.name, each.kind) for each in form.fields))
    return form.method, view_of(form.action), fields
