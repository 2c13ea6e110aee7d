"""What every template must keep: nothing that the policy blocks or that leaks, and blocks that stand alone."""

from __future__ import annotations

import importlib
import pkgutil
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

import confida_web
from confida_web.frame import Frame
from confida_web.page import STATIC_FOLDER, TEMPLATE_FOLDER, Page, build_environment, render, render_panel
from tests.web.samples import TOAST_FRAME, frame, samples

TEMPLATES = sorted(TEMPLATE_FOLDER.rglob("*.html"))
SAMPLES = samples()

MARKED_SAFE: frozenset[str] = frozenset()
"""Templates that may say `|safe`, each with a reason beside it. There is none: Markup is made in Python, in one place."""

RULES = {
    "inline style": re.compile(r"\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "inline handler": re.compile(r"\son(?!e\b)[a-z]+\s*="),
    "inline script": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>"),
    "htmx script attribute": re.compile(r"\bhx-(?:on|live)\b"),
    "script value": re.compile(r"""=\s*["']\s*(?:js|javascript):"""),
    "trigger filter": re.compile(r"""hx-trigger\s*=\s*(["'])[^"']*\["""),
    "data-hx": re.compile(r"\bdata-hx-"),
    "outside address": re.compile(r"""(?:https?:)?//(?!\s)[a-z0-9-]+\.[a-z]"""),
    "marked safe": re.compile(r"\|\s*safe\b"),
    "escaping switched off": re.compile(r"{%-?\s*autoescape"),
}


def broken_rules(text: str) -> list[str]:
    return [name for name, rule in RULES.items() if rule.search(text)]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("inline style", '<p style="color: red">'),
        ("style element", "<style>p {}</style>"),
        ("inline handler", '<button onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("inline script", '<script type="module">go()</script>'),
        ("htmx script attribute", '<p hx-on:click="go()">'),
        ("htmx script attribute", '<p hx-live="x">'),
        ("script value", '<a href="javascript:go()">'),
        ("script value", "<p hx-vals='js:{a: 1}'>"),
        ("trigger filter", '<p hx-trigger="click[ctrlKey]">'),
        ("data-hx", '<p data-hx-post="/x">'),
        ("outside address", '<img src="https://example.org/x.png">'),
        ("outside address", '<img src="//cdn.example.org/x.png">'),
        ("marked safe", "{{ note|safe }}"),
        ("escaping switched off", "{% autoescape false %}"),
    ],
)
def test_lint_finds_what_is_forbidden(rule: str, text: str) -> None:
    assert broken_rules(text) == [rule]


def test_lint_leaves_alone_what_is_allowed() -> None:
    allowed = '<script type="application/json">{}</script><script defer src="/static/app.js"></script><p class="on">'
    assert broken_rules(allowed) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(TEMPLATE_FOLDER).as_posix())
def test_template_holds_nothing_forbidden(path: Path) -> None:
    name = path.relative_to(TEMPLATE_FOLDER).as_posix()
    found = [
        rule
        for rule in broken_rules(path.read_text(encoding="utf-8"))
        if rule != "marked safe" or name not in MARKED_SAFE
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", [STATIC_FOLDER / name for name in ("app.css", "parts.css", "portal.css", "app.js")], ids=lambda p: p.name
)
def test_own_static_file_asks_no_other_host(path: Path) -> None:
    assert re.findall(r"https?://[^\s\"')]+|@import|eval\(|new Function", path.read_text(encoding="utf-8")) == []


@pytest.fixture(scope="module")
def environment() -> Environment:
    return build_environment()


def test_every_template_compiles(environment: Environment) -> None:
    names = [name for name in environment.list_templates() if name.endswith(".html")]
    assert len(names) == len(TEMPLATES)
    for name in names:
        environment.get_template(name)


def all_pages() -> set[type[Page]]:
    for module in pkgutil.walk_packages(confida_web.__path__, "confida_web."):
        if module.name.rsplit(".", 1)[-1] in {"pages", "listing", "editing"}:
            importlib.import_module(module.name)
    found, waiting = set(), [Page]
    while waiting:
        for page in waiting.pop().__subclasses__():
            waiting.append(page)
            if page.__module__.startswith("confida_web."):
                found.add(page)
    return found


def test_every_page_has_a_sample() -> None:
    assert sorted(page.__name__ for page in all_pages() - {type(sample) for sample in SAMPLES.values()}) == []


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("surroundings", [frame(), TOAST_FRAME, Frame()], ids=["Olga", "toast", "stranger"])
def test_page_and_each_block_alone_renders(environment: Environment, name: str, surroundings: Frame) -> None:
    content = SAMPLES[name]
    assert render(environment, content, surroundings).startswith("<!doctype html>")
    for block in content.blocks:
        fragment = render(environment, content, surroundings, block)
        assert "<!doctype" not in fragment
        assert ("<hx-partial" in fragment) is (surroundings.toast is not None)


def test_undefined_name_is_refused(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ page.title }}{{ nonsense }}").render(page=SAMPLES["login"])


def test_plugin_template_cannot_replace_ours(tmp_path: Path) -> None:
    (tmp_path / "layout.html").write_text("stolen", encoding="utf-8")
    (tmp_path / "panel.html").write_text("<b>{{ name }}</b>", encoding="utf-8")
    environment = build_environment((tmp_path,))
    assert "stolen" not in render(environment, SAMPLES["login"], Frame())
    assert render_panel(environment, "panel.html", Frame(), {"name": "<i>"}) == "<b>&lt;i&gt;</b>"


class Reader(HTMLParser):
    """Collects what a page must keep beyond the rules for its source."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.forms: list[dict[str, bool]] = []
        self.labels: set[str] = set()
        self.unlabelled: list[str] = []
        self.icons: set[str] = set()
        self.addresses: set[str] = set()
        self._in_template = 0
        self.misplaced: list[str] = []
        self.pressed_by_enter: list[str] = []
        self._waits_for_button = False
        self._in_label = 0
        self._in_paragraph = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._in_template += tag == "template"
        self._in_label += tag == "label"
        self._in_paragraph += tag == "p"
        if self._in_paragraph and tag in {"form", "div", "ul", "ol", "table", "fieldset", "details"}:
            self.misplaced.append(tag)  # A browser would end the paragraph here.
        if "id" in found and not self._in_template:
            self.ids.append(found["id"])
        if tag == "button" and self._waits_for_button and found.get("type") != "button":
            self.pressed_by_enter.append(found.get("name", ""))
            self._waits_for_button = False
        if tag == "form":
            self._waits_for_button = True
            self.forms.append({"post": found.get("method") == "post", "token": False})
        if found.get("name") == "_csrf":
            self.forms[-1]["token"] = True
        if tag == "label":
            self.labels.add(found.get("for", ""))
        if tag in {"input", "select", "textarea"} and found.get("type") not in {"hidden", "submit"}:
            named = self._in_label or "aria-label" in found or "id" in found
            self.unlabelled += [] if named else [found.get("name", tag)]
        if tag == "use":
            self.icons.add(found["href"].partition("#")[2])
        self.addresses |= {
            found[key].partition("#")[0] for key in ("src", "href") if found.get(key, "").startswith("/static/")
        }

    def handle_endtag(self, tag: str) -> None:
        self._in_template -= tag == "template"
        self._in_label -= tag == "label"
        self._in_paragraph -= tag == "p"


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def icon_sheets() -> str:
    """Both sheets of icons, one after the other."""
    return "".join((STATIC_FOLDER / name).read_text("utf-8") for name in ("icons.svg", "plugin-icons.svg"))


@pytest.mark.parametrize("name", SAMPLES)
def test_page_is_sound(environment: Environment, name: str) -> None:
    reader = read(render(environment, SAMPLES[name], frame()))
    assert [form for form in reader.forms if form["post"] and not form["token"]] == []
    assert sorted({one for one in reader.ids if reader.ids.count(one) > 1}) == []
    assert (reader.unlabelled, reader.misplaced) == ([], [])
    assert {"_add", "_remove"} & set(reader.pressed_by_enter) == set()
    symbols = set(re.findall(r'<symbol id="([^"]+)"', icon_sheets()))
    assert reader.icons - symbols == set()


def test_reader_sees_what_is_unsound() -> None:
    reader = read('<form method="post"><input name="x"><p id="a"></p><p id="a"><ul></ul></p></form>')
    assert (reader.forms, reader.unlabelled, reader.ids) == ([{"post": True, "token": False}], ["x"], ["a", "a"])
    assert reader.misplaced == ["ul"]
    assert read('<form><button type="button"></button><button name="_remove"></button></form>').pressed_by_enter == [
        "_remove"
    ]
