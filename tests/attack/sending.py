"""One form, sent with each bad text: what is wrong with the answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urljoin

from django.contrib.messages import WARNING, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from essaim.core.writing import line
from tests.attack.forms import TYPED, WORDS, Form, typed_in
from tests.attack.french import is_french

SCRIPT = "<script>alert('essaim')</script>\"><img src=x onerror=alert(1)>"
BAD = {
    "nothing": "",
    "100 KB": "abeille " * 6_400 + "a" * 51_200,
    "emoji": "🐝👩‍👩‍👧🇫🇷",
    "right to left": "\u202eשלום\u2066\u0007\x1b[31m مرحبا\u2029\u200f",
    "nul": "avant\x00après",
    "lone surrogates": "\ud83d et \\ud83d \\udc00",
    "script": SCRIPT,
    "long number": "9" * 400,
}
FORGED = ("nul", "lone surrogates", "long number")
ERROR = re.compile(
    r'<ul class="errorlist[^>]*>(.*?)</ul>'
    r'|<div class="notice notice-(?:bad|warn)"[^>]*>(.*?)</div>',
    re.DOTALL,
)
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Attempt:
    name: str
    typed: dict[str, str]
    # A value that no page offers: whoever sends it need not be told why it is refused.
    forged: bool = False


def attempts(form: Form, elsewhere: str) -> Iterator[Attempt]:
    for kinds in (WORDS, TYPED):
        if names := [field.name for field in form.of_kind(kinds)]:
            yield from (Attempt(name, dict.fromkeys(names, text)) for name, text in BAD.items())
    chosen = [field.name for field in form.chosen]
    yield from (Attempt("of another hive", {name: elsewhere}, True) for name in chosen)
    if chosen and form.method == "post":
        for name in FORGED:
            yield Attempt(f"{name}, forged", dict.fromkeys(chosen, BAD[name]), True)
    if not form.fields:
        yield Attempt("nothing but the button", {})


def faults(client: Client, form: Form, elsewhere: str) -> Iterator[str]:
    for attempt in attempts(form, elsewhere):
        if why := _undone(client, form, attempt):
            yield f"{form.page} → {form.action}: {attempt.name} in {[*attempt.typed]}: {why}"


def _undone(client: Client, form: Form, attempt: Attempt) -> str:
    """Nothing of an attempt stays: neither rows nor cookies."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    try:
        with transaction.atomic():
            try:
                return _fault(client, form, attempt)
            finally:
                transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  (whatever breaks is what is looked for)
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        client.cookies.clear()
        client.cookies.load(cookies)


def _fault(client: Client, form: Form, attempt: Attempt) -> str:
    answer = _send(client, form, attempt)
    if answer.status_code >= 500:
        return f"answers {answer.status_code}"
    if answer.status_code in (301, 302, 303):
        return _fault_after(client, form, attempt, answer)
    html = answer.content.decode()
    if SCRIPT in html:
        return "the script stands in the page"
    if form.method == "get" or attempt.forged or not form.fields:
        return ""
    shown = typed_in(html)
    if answer.status_code == 200 and not {field.name for field in form.fields} & {*shown}:
        return ""  # the page after a yes, at the same address
    return _unsaid(html, answer.status_code) or _lost(form, attempt, shown)


def _fault_after(client: Client, form: Form, attempt: Attempt, answer: Any) -> str:
    said = [str(one) for one in get_messages(answer.wsgi_request) if one.level >= WARNING]
    if foreign := [words for words in said if not is_french(words)]:
        return f"says {foreign}"
    words = {field.name for field in form.of_kind(WORDS)} & set(attempt.typed)
    if said and any(line(attempt.typed[name]) for name in words):
        return f"refused ({said[0]}), and what was typed is lost"
    if attempt.name != "script":
        return ""
    page = client.get(urljoin(form.action, answer["Location"]))
    assert page.status_code < 500
    return "the script stands in the next page" if SCRIPT in page.content.decode() else ""


def _unsaid(html: str, status: int) -> str:
    errors = [" ".join(TAG.sub(" ", "".join(found)).split()) for found in ERROR.findall(html)]
    if not errors:
        return f"answers {status} and does not say why"
    foreign = [words for words in errors if not is_french(words)]
    return f"says {foreign}" if foreign else ""


def _lost(form: Form, attempt: Attempt, shown: dict[str, list[str]]) -> str:
    kept = {field.name for field in form.fields if field.kind not in ("password", "file")}
    for name in kept & set(attempt.typed):
        wanted = line(_raw(attempt.typed[name]).decode(errors="replace"))
        if wanted not in {line(value) for value in shown.get(name, [])}:
            return f"{name} holds {shown.get(name, [])!r:.80}"
    return ""


def _send(client: Client, form: Form, attempt: Attempt) -> Any:
    values = form.filled(**attempt.typed)
    if form.multipart:
        return client.post(form.action, _parts(form, values))
    pairs = [(name, text) for name, texts in values.items() for text in texts]
    body = "&".join(f"{quote_plus(name)}={quote_plus(_raw(text))}" for name, text in pairs)
    if form.method == "get":
        return client.get(form.action.partition("?")[0], QUERY_STRING=body)
    return client.post(form.action, body, content_type="application/x-www-form-urlencoded")


def _parts(form: Form, values: dict[str, list[str]]) -> dict[str, Any]:
    files = {field.name for field in form.fields if field.kind == "file"}
    parts: dict[str, Any] = {}
    for name, [text, *_rest] in values.items():
        sent = SimpleUploadedFile("a.csv", _raw(text))
        parts[name] = sent if name in files else _raw(text).decode(errors="replace")
    return parts


def _raw(text: str) -> bytes:
    """Lone surrogates are no UTF-8: only a hand-made request holds them."""
    return text.encode("utf-8", "surrogatepass")
