"""Asks pages of the project in this process, as a web server would, and says what each cost.

Processor time is that of this process alone: on PostgreSQL, the server's own is not in it.
"""

import http.cookies
import io
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import _get_new_csrf_string
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
EMPTY, EMPTY_SIGNED_IN = "empty", "empty_signed_in"


class UnexpectedAnswer(AssertionError):
    """A page that did not answer what it should is not measured: its cost means nothing."""


@dataclass(frozen=True)
class Visit:
    """One request. A write has `data` and answers with a redirection."""

    page: str
    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    status: int = 200


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cpu_ms: float


@dataclass
class Cost:
    """What one page cost, visit by visit."""

    cpu_ms: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    plain: list[int] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        return statistics.median(self.cpu_ms)

    @property
    def p95_ms(self) -> float:
        """Of the single one there is, in a network too small for more."""
        times = self.cpu_ms if len(self.cpu_ms) > 1 else self.cpu_ms * 2
        return statistics.quantiles(times, n=20, method="inclusive")[-1]


def cookies_of(person: Any) -> dict[str, str]:
    """Signs the person in, without a password; the cookies are those of a browser."""
    request = HttpRequest()
    request.session = SessionStore()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    person.last_login = now()
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    return {
        "sessionid": str(request.session.session_key),
        "csrftoken": _get_new_csrf_string(),
    }


def ask(application: Any, visit: Visit, *, gzip: bool = True) -> Answer:
    started: list[tuple[str, list[tuple[str, str]]]] = []
    environ = _environ(visit, gzip=gzip)
    before = time.process_time()
    response = application(environ, lambda status, headers, *_: started.append((status, headers)))
    body = b"".join(response)
    response.close()
    cpu_ms = (time.process_time() - before) * 1_000
    [(status, headers)] = started
    answer = Answer(int(status.split()[0]), dict(headers), body, cpu_ms)
    if answer.status != visit.status:
        where = answer.headers.get("Location", "")
        raise UnexpectedAnswer(f"{visit.page}: {visit.path} answered {status} {where}".strip())
    return answer


def _environ(visit: Visit, *, gzip: bool) -> dict[str, Any]:
    path, _, query = visit.path.partition("?")
    body = urlencode(visit.data or {}, doseq=True).encode()
    cookies = http.cookies.SimpleCookie(dict(visit.cookies))
    return {
        "REQUEST_METHOD": "GET" if visit.data is None else "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_ACCEPT_LANGUAGE": "fr",
        "HTTP_ACCEPT_ENCODING": "gzip" if gzip else "identity",
        "HTTP_COOKIE": cookies.output(header="", sep=";").strip(),
        "HTTP_X_CSRFTOKEN": visit.cookies.get("csrftoken", ""),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def measure_reads(application: Any, visits: Sequence[Visit], *, rounds: int) -> dict[str, Cost]:
    """Each round asks every visit once, so that all pages meet the same state of the machine."""
    costs: dict[str, Cost] = defaultdict(Cost)
    for visit in visits:
        ask(application, visit)
    for visit in visits:
        _count(application, visit, costs[visit.page])
    for _ in range(rounds):
        for visit in visits:
            costs[visit.page].cpu_ms.append(ask(application, visit).cpu_ms)
    return dict(costs)


def _count(application: Any, visit: Visit, cost: Cost) -> None:
    cost.plain.append(len(ask(application, visit, gzip=False).body))
    with CaptureQueriesContext(connection) as captured:
        cost.sent.append(len(ask(application, visit).body))
    cost.queries.append(_real(captured))


def measure_writes(application: Any, visits: Sequence[Visit]) -> dict[str, Cost]:
    """A write happens once: one in five, the first with them, counts queries and is not timed."""
    costs: dict[str, Cost] = defaultdict(Cost)
    for visit in visits:
        cost = costs[visit.page]
        number = len(cost.cpu_ms) + len(cost.queries)
        if number % 5 == 0:
            with CaptureQueriesContext(connection) as captured:
                answer = ask(application, visit)
            cost.queries.append(_real(captured))
        else:
            answer = ask(application, visit)
            cost.cpu_ms.append(answer.cpu_ms)
        cost.sent.append(len(answer.body))
        cost.plain.append(len(answer.body))
    return dict(costs)


def _real(captured: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(TRANSACTION) for query in captured.captured_queries)
