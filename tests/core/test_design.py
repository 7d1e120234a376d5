"""The look, as far as a machine can judge it: contrast, components, weight, no third party."""

import gzip
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import engines
from django.test import Client, RequestFactory

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "essaim" / "core"
STATIC = CORE / "static" / "core"
COMPONENTS = CORE / "templates" / "core" / "components"
CSS = (STATIC / "essaim.css").read_text()
TEMPLATES = sorted((ROOT / "essaim").glob("*/templates/**/*.html"))
LIGHT = ':root, [data-theme="light"] {'
DARK = '  [data-theme="dark"] {'
DARK_DEVICE = ':root:not([data-theme="light"]) {'


def tokens(selector: str) -> dict[str, str]:
    start = CSS.index(f"\n{selector}" if selector == DARK else selector)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", CSS[start : CSS.index("}", start)]))


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb colour, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


THEMES = {"light": tokens(LIGHT), "dark": tokens(DARK)}
GROUNDS = ("paper", "sheet", "sunk")
WASHES = ("good-wash", "warn-wash", "bad-wash", "info-wash")
TEXT = (
    [(text, ground) for text in ("ink", "soft", "link", "link-high") for ground in GROUNDS + WASHES]
    + [(state, ground) for state in ("good", "warn", "bad", "info") for ground in GROUNDS]
    + [(state, f"{state}-wash") for state in ("good", "warn", "bad", "info")]
    + [("on-tone", f"tone-{n}") for n in range(6)]
    + [("on-honey", "honey"), ("on-honey", "honey-high"), ("paper", "link"), ("paper", "ink")]
    + [("sheet", "bad")]
)
CONTROLS = [
    (edge, ground)
    for edge in ("edge", "honey-edge", "focus", "link", "bad")
    for ground in ("paper", "sheet", "sunk")
] + [(f"c{n}", ground) for n in range(1, 6) for ground in ("paper", "sheet")]


def test_contrast_is_measured_as_the_norm_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_is_readable(theme: str, text: str, ground: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), CONTROLS)
def test_edges_of_controls_are_seen(theme: str, edge: str, ground: str) -> None:
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_colours_of_charts_are_told_apart_in_grey(theme: str) -> None:
    greys = sorted(luminance(THEMES[theme][f"c{n}"]) + 0.05 for n in range(1, 6))
    assert all(high / low >= 1.2 for low, high in pairwise(greys))


def test_dark_is_the_same_whether_chosen_or_from_the_device() -> None:
    assert tokens(DARK) == tokens(DARK_DEVICE)
    assert tokens(DARK).keys() == tokens(LIGHT).keys()


def test_every_colour_used_is_a_token() -> None:
    rules = CSS[CSS.index("@layer reset {") : CSS.index("@layer paper {")]
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) == set()
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used <= set(re.findall(r"--([\w-]+):", CSS))


class SampleForm(forms.Form):
    email = forms.EmailField(
        help_text="Pour te répondre.", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    when = forms.ChoiceField(choices=[("now", "Maintenant")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False, label="D’accord")


PAGE = Paginator(range(60), 20).get_page(2)
TAB = {"label": "Ouverts", "url": "/besoins/", "current": True, "count": 3}
LINE = {"when": "lundi", "at": datetime(2026, 3, 2, tzinfo=UTC), "text": "Posé.", "url": "/b/"}
# Every documented parameter, then the fewest that make sense.
SAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "badge": ({"text": "aidé", "kind": "good"}, {"text": "brouillon"}),
    "button": (
        {
            "label": "Oui",
            "url": "/o/",
            "kind": "main",
            "icon": "check",
            "name": "a",
            "value": "b",
        },
        {"label": "Oui"},
    ),
    "card_head": ({"title": "Besoins", "url": "/b/", "label": "Tous"}, {"title": "Besoins"}),
    "dialog": (
        {"id": "d", "url": "/b/", "label": "Retirer", "title": "Retirer ?", "kind": "bad"},
        {"id": "d", "url": "/b/", "label": "Retirer", "title": "Retirer ?"},
    ),
    "empty": (
        {"title": "Rien", "sentence": "Encore.", "url": "/b/", "label": "Demander"},
        {"title": "Rien"},
    ),
    "field": ({"field": SampleForm()["email"]}, {"field": SampleForm({})["when"]}),
    "hub": ({"name": "Nantes", "url": "/n/", "line": "84 membres"}, {"name": "Nantes"}),
    "need": (
        {
            "sentence": "Relire mon plan",
            "url": "/n/",
            "author": "Nadia",
            "hub": "Lille",
            "urgency": "cette semaine",
            "urgent": True,
            "minutes": 30,
            "status": "aidé",
            "status_kind": "good",
            "why": "Dit la même chose.",
        },
        {"sentence": "Relire mon plan"},
    ),
    "notice": (
        {"text": "Parti.", "kind": "good", "url": "/u/", "label": "Reprendre", "role": "status"},
        {"text": "Parti."},
    ),
    "pager": ({"page": PAGE, "label": "Besoins"}, {"page": PAGE, "label": "Besoins"}),
    "person": (
        {
            "name": "Léa Fontaine",
            "venture": "Les Petits Paniers",
            "hub": "Lyon",
            "url": "/p/",
            "photo": "/p.jpg",
            "note": "Elle l’a fait trois fois.",
        },
        {"name": "Léa Fontaine"},
    ),
    "portrait": (
        {"name": "Léa", "photo": "/p.jpg", "big": True, "beside": True},
        {"name": "Léa"},
    ),
    "progress": (
        {"words": "120 sur 200", "value": 120, "max": 200, "url": "/p/"},
        {"words": "Lecture…"},
    ),
    "story": (
        {"lines": [LINE], "next": "On élargit.", "next_when": "demain"},
        {"lines": [{"when": "lundi", "text": "Posé."}]},
    ),
    "tabs": ({"label": "Besoins", "tabs": [TAB]}, {"label": "Besoins", "tabs": [TAB]}),
}


def documented(component: str) -> set[str]:
    """The names at the left of the comment that opens the component."""
    source = (COMPONENTS / f"{component}.html").read_text()
    comment = re.search(r"{% comment %}\n(.*?){% endcomment %}", source, re.DOTALL)
    assert comment, f"{component} does not document its parameters"
    names = re.findall(r"^(\w+(?:, \w+)*) {2,}\S", comment.group(1), re.MULTILINE)
    return {name for group in names for name in group.split(", ")}


def draw(component: str, parameters: dict[str, Any], path: str = "/") -> str:
    names = " ".join(f"{name}={name}" for name in parameters)
    source = f'{{% include "core/components/{component}.html" with {names} only %}}'
    request = RequestFactory().get(path)
    return engines["django"].from_string(source).render(parameters, request)


def test_every_component_is_drawn_here() -> None:
    assert set(SAMPLES) == {path.stem for path in COMPONENTS.glob("*.html")}


@pytest.mark.parametrize("component", SAMPLES)
def test_a_component_documents_the_parameters_that_it_reads(component: str) -> None:
    full, fewest = SAMPLES[component]
    assert documented(component) == set(full)
    assert draw(component, full).strip() != ""
    assert draw(component, fewest).strip() != ""


@pytest.mark.parametrize("component", SAMPLES)
def test_the_page_for_writers_lists_the_component_and_its_parameters(component: str) -> None:
    page = (ROOT / "docs" / "components.md").read_text()
    line = next(line for line in page.splitlines() if line.startswith(f"| `{component}.html`"))
    assert set(SAMPLES[component][0]) <= set(re.findall(r"\w+", line))


def test_what_a_person_wrote_is_never_markup() -> None:
    drawn = draw("need", {"sentence": "<script>x</script>", "author": "<b>N</b>"})
    assert "<script>" not in drawn
    assert "<b>N</b>" not in drawn


def test_the_pager_keeps_the_other_parameters_of_the_address() -> None:
    drawn = draw("pager", {"page": PAGE, "label": "Besoins"}, "/besoins/?q=devis&page=2")
    assert 'href="?q=devis&amp;page=1"' in drawn
    assert 'href="?q=devis&amp;page=3"' in drawn


def test_a_list_of_one_page_has_no_pager() -> None:
    assert draw("pager", {"page": Paginator([1], 20).get_page(1), "label": "Besoins"}).strip() == ""


def test_help_and_error_are_tied_to_the_control() -> None:
    drawn = draw("field", {"field": SampleForm({"email": "nadia@"})["email"]})
    control = re.search(r"<input[^>]*>", drawn)
    assert control
    assert 'aria-describedby="id_email_helptext id_email_error"' in control.group()
    assert 'aria-invalid="true"' in control.group()
    assert 'autocomplete="email"' in control.group()
    assert 'id="id_email_helptext"' in drawn
    assert 'id="id_email_error"' in drawn
    assert '<label for="id_email">' in drawn


def test_a_whole_form_is_drawn_with_the_same_fields() -> None:
    form = SampleForm({})
    whole = engines["django"].from_string("{{ form }}").render({"form": form})
    assert whole.count('class="field"') == 3
    assert "<legend>" in whole


def test_a_state_always_has_a_word_and_a_sign() -> None:
    kinds = {"", "-good", "-wait", "-warn", "-bad"}
    assert set(re.findall(r"\.badge(-\w+)? \{", CSS)) == kinds
    signs = dict(re.findall(r"\.badge(-\w+)?::before \{ content: \"(\S)\"", CSS))
    assert signs.keys() == kinds
    assert len(set(signs.values())) == len(kinds)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "essaim")))
def test_a_template_asks_nothing_that_the_policy_forbids(path: Path) -> None:
    source = path.read_text()
    if "mail" not in path.parts:
        inline = r"<style\b|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:"
        evaluated = r"hx-on|hx-vals=[\"']js:|hx-trigger=[\"'][^\"']*\["
        assert re.search(f"{inline}|{evaluated}", source, re.IGNORECASE) is None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "essaim")))
def test_a_template_uses_components_that_exist_and_hides_its_context(path: Path) -> None:
    for tag in re.findall(r'{% include "core/components/[^%]*%}', path.read_text()):
        name = re.search(r"components/(\w+)\.html", tag)
        assert name
        assert name.group(1) in SAMPLES, tag
        assert tag.endswith("only %}"), tag


def test_every_sign_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    used = {
        name
        for path in TEMPLATES
        for name in re.findall(r'(?:{% icon |icon=)"([\w-]+)"', path.read_text())
    }
    assert used <= drawn


def test_nothing_is_fetched_from_elsewhere() -> None:
    shipped = [CSS, (STATIC / "essaim.js").read_text(), (STATIC / "icons.svg").read_text()]
    for text in shipped:
        assert re.findall(r"https?://(?!www\.w3\.org)|@import|url\(", text) == []


def test_style_and_script_are_light() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) < 9_000
    assert len(gzip.compress((STATIC / "essaim.js").read_bytes(), 9)) < 3_000


@pytest.mark.django_db
def test_the_first_page_weighs_less_than_60_kilobytes(client: Client) -> None:
    page = client.get("/galerie/").content
    files = re.findall(rb'(?:href|src)="/static/([\w./-]+)', page)
    shipped = {finders.find(name.decode()) for name in files}
    weight = sum(len(brotli.compress(Path(str(path)).read_bytes())) for path in shipped)
    assert len(shipped) == 5  # sheet, script, htmx, signs, mark
    assert weight + len(brotli.compress(page)) < 60_000


def test_the_colour_of_the_window_is_that_of_the_paper() -> None:
    base = (CORE / "templates" / "core" / "base.html").read_text()
    colours = re.findall(r'name="theme-color" content="(#\w+)"', base)
    assert colours == [THEMES["light"]["paper"], THEMES["dark"]["paper"]]


@pytest.mark.django_db
def test_the_samples_are_written_with_the_spaces_of_french(client: Client) -> None:
    page = client.get("/galerie/").content.decode()
    text = re.sub(r"<[^>]*>", "\n", page)
    assert re.findall(r".* [;!?»].*|.*« .*|.*\d h\b.*|.*\w'\w.*", text) == []
