"""The forms of a page, as a browser would read and send them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin

FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
WORDS = {"text", "textarea", "search", "password", "file"}
TYPED = {"email", "number", "range", "date", "time", "url", "tel", "datetime-local"}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    value: str = ""
    choices: tuple[str, ...] = ()

    @property
    def plausible(self) -> list[str]:
        """What an honest person would send."""
        if self.kind == "checkbox":
            return [self.value] if self.value else []
        known = {"email": "quelquun@example.org", "number": "15", "range": "0", "text": "Un mot"}
        known |= {"textarea": "Quelques mots", "search": "mot", "password": "essaim-essaim"}
        return [self.value or next(filter(None, self.choices), known.get(self.kind, ""))]


@dataclass(frozen=True)
class Form:
    page: str
    action: str
    method: str
    multipart: bool
    fields: tuple[Field, ...] = ()

    def of_kind(self, kinds: set[str]) -> list[Field]:
        return [field for field in self.fields if field.kind in kinds]

    @property
    def chosen(self) -> list[Field]:
        """What a browser lets nobody type."""
        return [field for field in self.fields if field.kind not in WORDS | TYPED]

    def filled(self, **typed: str) -> dict[str, list[str]]:
        values = {field.name: field.plausible for field in self.fields}
        return values | {name: [text] for name, text in typed.items()}


@dataclass
class _Control:
    kind: str
    name: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


def _sends(button: dict[str, str]) -> bool:
    """Not one that asks for the page again, with proposals, before anything is sent."""
    return button.get("type", "submit") == "submit" and "formnovalidate" not in button


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.controls: dict[str, _Control] = {}
        self.buttons: list[tuple[str, str]] = []
        self._text: _Control | None = None
        self._select: _Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = given
        elif tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._text = self._add("textarea", given["name"])
        elif tag == "select":
            self._select = self._add("select", given["name"])
        elif tag == "option" and self._select is not None:
            self._choice(self._select, given, "selected")
        elif tag == "button" and _sends(given):
            self.buttons.append((given.get("name", ""), given.get("value", "")))

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in ("submit", "button", "image"):
            return
        control = self._add(kind, name)
        if kind in ("radio", "checkbox"):
            self._choice(control, given | {"value": given.get("value", "on")}, "checked")
        else:
            control.value = given.get("value", "")

    def _choice(self, control: _Control, given: dict[str, str], mark: str) -> None:
        control.choices.append(given.get("value", ""))
        if mark in given:
            control.value = given.get("value", "")

    def _add(self, kind: str, name: str) -> _Control:
        return self.controls.setdefault(name, _Control(kind, name))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # The line break after the tag is no part of the text.
            self._text.value = self._text.value.removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = None


def forms_of(html: str, page: str) -> Iterator[Form]:
    """One for each button that says something."""
    for found in FORM.findall(html):
        reader = _Reader()
        reader.feed(found)
        controls = [c for c in reader.controls.values() if c.name != "csrfmiddlewaretoken"]
        form = Form(
            page,
            urljoin(page, reader.form.get("action") or page),
            reader.form.get("method", "get").lower(),
            reader.form.get("enctype", "") == "multipart/form-data",
            tuple(Field(c.name, c.kind, c.value, tuple(c.choices)) for c in controls),
        )
        for name, value in dict.fromkeys(reader.buttons or [("", "")]):
            button = (Field(name, "button", value),) if name else ()
            yield replace(form, fields=(*form.fields, *button))


def typed_in(html: str) -> dict[str, list[str]]:
    """What stands in the fields of a page, by name."""
    shown: dict[str, list[str]] = {}
    for form in forms_of(html, "/"):
        for each in form.fields:
            shown.setdefault(each.name, []).append(each.value)
    return shown
