"""Rules of the house that a machine can keep."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from essaim.core import access, catalogues, personal_data

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted((ROOT / "essaim").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(
    path for path in (ROOT / "essaim").rglob("templates/**/*") if path.suffix in {".html", ".txt"}
)
OUR_MODELS = list(personal_data.declared_models())


def test_every_view_says_who_may_open_it() -> None:
    assert access.undeclared_views() == []


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_field_is_declared_personal_or_not(model: type[models.Model]) -> None:
    assert personal_data.undeclared_fields(model) == []


def test_states_are_written_only_by_their_machine() -> None:
    written = re.compile(r"(\.state\s*=[^=]|update\([^)]*\bstate=)")
    guilty = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in PYTHON
        if "migrations" not in path.parts and path.name != "states.py" and "demo" not in path.parts
        for line in path.read_text().splitlines()
        if written.search(line)
    ]
    assert guilty == []


def test_modules_stay_under_400_lines() -> None:
    long = [p.name for p in [*PYTHON, *TESTS] if len(p.read_text().splitlines()) > 400]
    assert long == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    guilty = [
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        # Mail clients know no style sheet.
        if "mail" not in path.parts and inline.search(path.read_text())
    ]
    assert guilty == []


def test_every_template_is_used() -> None:
    """By a view, another template, a registered message, or the library that owns its folder."""
    text = "\n".join(path.read_text() for path in [*PYTHON, *TEMPLATES])
    foreign = {"account", "mfa", "usersessions", "socialaccount", "allauth", "django", "openid"}
    unused = []
    for path in TEMPLATES:
        name = str(path).split("/templates/", 1)[1]
        error_page = re.fullmatch(r"\d{3}(_csrf)?\.html", name)
        code = name.removeprefix("notices/").removesuffix(".txt")
        used = name in text or (name.startswith("notices/") and f'"{code}"' in text)
        if not used and not error_page and name.split("/")[0] not in foreign:
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize(
    "app",
    [c for c in apps.get_app_configs() if c.name.startswith("essaim.")],
    ids=lambda c: c.label,
)
def test_french_catalogue_is_complete(app: object) -> None:
    assert catalogues.problems(Path(app.path)) == []  # type: ignore[attr-defined]


def test_no_module_is_named_after_a_kind() -> None:
    forbidden = {"utils", "common", "helpers", "services", "selectors", "managers"}
    assert [p for p in PYTHON if p.stem in forbidden or forbidden & set(p.parts)] == []


def test_the_same_english_is_the_same_french_everywhere() -> None:
    """Django merges the catalogues: of two texts for one message, the first app's would win."""
    said: dict[tuple[str | None, str], set[str]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("essaim."):
            for entry in catalogues.read(Path(config.path)):
                text = entry.msgstr or str(entry.msgstr_plural)
                said.setdefault((entry.msgctxt, entry.msgid), set()).add(text)
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


FRENCH_TYPOGRAPHY = (
    (re.compile(r"\w'\w"), "an apostrophe is ’"),
    (re.compile(r'[^ \u00a0\u202f]?"'), "quotation marks are « »"),
    (
        re.compile(r"[^\u00a0\u202f\s] [;:!?](?=\s|$)|\w[;!?](?=\s|$)"),
        "a no-break space before ; : ! ?",
    ),
)


@pytest.mark.parametrize(
    "app",
    [c for c in apps.get_app_configs() if c.name.startswith("essaim.")],
    ids=lambda c: c.label,
)
def test_french_typography_is_right(app: object) -> None:
    guilty = []
    for entry in catalogues.read(Path(app.path)):  # type: ignore[attr-defined]
        for text in [entry.msgstr, *map(str, entry.msgstr_plural.values())]:
            bare = re.sub(r"%\(\w+\)[sd]|<[^>]*>|https?://\S+", "x", text)
            guilty += [f"{why}: {text}" for rule, why in FRENCH_TYPOGRAPHY if rule.search(bare)]
    assert guilty == []
