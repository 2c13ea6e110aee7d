"""page(): the only way to render HTML for a browser."""

from __future__ import annotations

import hashlib
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from litestar import Request, Response
from litestar.enums import MediaType
from markupsafe import Markup

from confida_web.compression import SMALLEST, accepts_gzip, gzipped
from confida_web.escaping import DirectContext, EscapingGenerator, escaped
from confida_web.formatting import filters, formatter
from confida_web.frame import STRANGER, Frame
from confida_web.interactions.entries import KINDS
from confida_web.languages import gettext, ngettext, speaking

_HERE = Path(__file__).parent
_MACROS = {
    "ui": "ui.html",
    "fields": "fields.html",
    "charts": "charts.html",
    "reports": "reports.html",
    "lists": "lists.html",
    "story": "timeline.html",
    "record": "contacts/parts.html",
    "rows": "contacts/rows.html",
    "steps": "exchange/steps.html",
    "consents": "consents/parts.html",
    "portal": "portal/parts.html",
    "requests": "requests/parts.html",
}
"""Name in templates -> file; in the order in which they use each other."""

MOST_PIECES = 50_000
"""Of one panel: a thousand rows with ten values each have some twenty thousand."""

STATIC_FOLDER = _HERE / "static"
TEMPLATE_FOLDER = _HERE / "templates"


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything one template shows. Templates read it as `page`, the surroundings as `frame`, and nothing else.

    template: path below a template folder. title: English, translated by the layout; a template may show its own.
    blocks: the blocks that may be sent alone, so they use `page`, `frame` and `f` only.
    """

    template: ClassVar[str]
    title: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]] = ()


def page(
    request: Request[Any, Any, Any], content: Page, block: str | None = None, status: int = 200
) -> Response[bytes]:
    """The whole page, or for an htmx request the named block alone.

    The handler names the block, never the client. The frame comes from `request.state.frame`, the environment from
    `request.app.state.templates`; where a request failed before they were there, defaults step in, so that error
    pages always render. A toast of the frame travels with either form. Raises ValueError for an undeclared block.
    """
    frame = getattr(request.state, "frame", None) or STRANGER
    environment = getattr(request.app.state, "templates", None) or build_environment()
    alone = block if is_fragment_request(request.headers) else None
    body = render(environment, content, frame, alone).encode("utf-8", "replace")
    headers = {"Vary": "HX-Request, Accept-Encoding"}
    if len(body) >= SMALLEST and accepts_gzip(request.headers):
        body, headers["Content-Encoding"] = gzipped(body), "gzip"
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)


def is_fragment_request(headers: Mapping[str, str]) -> bool:
    """Whether htmx asks for a part: boosted links and history restores want the whole page (stack.md 57)."""
    return "HX-Request" in headers and not ("HX-Boosted" in headers or "HX-History-Restore-Request" in headers)


def render(environment: Environment, content: Page, frame: Frame, block: str | None = None) -> str:
    """The HTML of a page or of one declared block. Raises ValueError for an undeclared block."""
    context = {"page": content, "frame": frame, "f": formatter(frame.lang, frame.time_zone)}
    if block is not None and block not in content.blocks:
        raise ValueError(f"{type(content).__name__} declares no block {block!r}")
    with speaking(frame.words):
        if block is None:
            return environment.get_template(content.template).render(context)
        html = render_block(environment, content.template, block, context)
        return html + render_block(environment, "layout.html", "toast_alone", context) if frame.toast else html


def render_panel(environment: Environment, template: str, frame: Frame, data: Mapping[str, Any]) -> Markup:
    """The HTML of one plugin panel or widget, rendered apart, so that its failure stays its own.

    data: the names the panel's template may use, beside `frame` and `f`. Within `speaking`, which holds for all panels of a
    page. What the template raises passes through; the caller then shows the panel with `html=None`. Raises OverflowError
    for one that goes on and on.
    """
    context = {**data, "frame": frame, "f": formatter(frame.lang, frame.time_zone)}
    pieces: list[str] = []
    found = environment.get_template(template)
    # What Jinja gives it is a chain of mappings, and to copy that took a third of the time of a small panel (measured).
    found.globals = found.globals if type(found.globals) is dict else dict(found.globals)
    for piece in found.generate(context):
        pieces.append(piece)
        # A list that never ends is shown piece by piece; without this it would never be through.
        if len(pieces) > MOST_PIECES:
            raise OverflowError("a panel of too many pieces")
    # The template escaped every value itself, as all templates of this environment do.
    return Markup("".join(pieces))  # noqa: S704


@lru_cache(maxsize=4)
def build_environment(
    template_folders: tuple[Path, ...] = (), static_folders: tuple[tuple[str, Path], ...] = ()
) -> Environment:
    """The template environment: escaping on, undefined names refused, compiled templates kept for good.

    template_folders: of everybody; ours comes first, so that no plugin can replace a page of ours. static_folders: as of
    `static_url`.
    """
    environment = Environment(
        loader=FileSystemLoader(list(dict.fromkeys([TEMPLATE_FOLDER, *template_folders]))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.code_generator_class = EscapingGenerator
    environment.context_class = DirectContext
    environment.escaped, environment.called = escaped, operator.call  # type: ignore[attr-defined]
    environment.filters.update(filters())
    # Plain text comes back, so that the template escapes it together with the values put into it. The callables that
    # Jinja would install wrap and format every string, which took a quarter of the time of a page (measured).
    environment.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    environment.globals.update(static=partial(static_url, folders=static_folders), icon=icon, kinds=KINDS)
    # Macros as a global module: a block rendered alone does not run the imports at the top of its template.
    for name, template in _MACROS.items():
        environment.globals[name] = environment.get_template(template).module
    return environment


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """One symbol of static/icons.svg or plugin-icons.svg; decoration only, so the words beside it must say the same."""
    sheet = static_url("plugin-icons.svg" if name in plugin_icons() else "icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(sheet, name)


@lru_cache(maxsize=1)
def plugin_icons() -> frozenset[str]:
    """Names of the symbols that only plugins use."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (STATIC_FOLDER / "plugin-icons.svg").read_text("utf-8")))


@lru_cache(maxsize=256)
def static_url(name: str, folders: tuple[tuple[str, Path], ...] = ()) -> str:
    """The address of a file below static/, with a mark of its content, so that it may be cached for a year.

    folders: of plugins, each with how the names of its files begin (`x/membership/`). Raises FileNotFoundError for a name
    that is not there.
    """
    places = [folder / name.removeprefix(start) for start, folder in folders if name.startswith(start)]
    path = next((place for place in places if place.is_file()), STATIC_FOLDER / name)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"
