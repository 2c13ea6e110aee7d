"""What our templates escape with is exactly what MarkupSafe escapes with, only faster."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from confida_web import page as pages
from confida_web.escaping import escaped
from tests.web.samples import frame, samples


class Whole(str):
    """A text of somebody's own class."""

    __slots__ = ()


class Html:
    def __html__(self) -> str:
        return "<b>"


@pytest.mark.parametrize(
    "value",
    ["Ada", "", "<script>'\"&</script>", Markup("<b>"), Whole("<i>"), 1, 2.5, None, True, ["<"], Html(), "\u2028\x00é"],
)
def test_every_kind_of_value_is_escaped_as_before(value: Any) -> None:
    assert escaped(value) == escape(value)


def test_every_page_is_the_same_as_with_the_usual_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = pages.build_environment()
    monkeypatch.setattr(pages, "EscapingGenerator", CodeGenerator)
    usual = pages.build_environment.__wrapped__()
    assert usual.code_generator_class is not ours.code_generator_class
    who = frame()
    assert [
        name for name, one in samples().items() if pages.render(ours, one, who) != pages.render(usual, one, who)
    ] == []


def test_undefined_names_are_still_refused() -> None:
    environment = pages.build_environment()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()
    assert isinstance(environment, Environment)
    assert environment.undefined is StrictUndefined


def test_values_inside_macros_and_blocks_are_escaped_once() -> None:
    environment = pages.build_environment()
    text = "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{% set s %}{{ v }}{% endset %}{{ m(v) }}{{ s }}{{ s ~ v }}"
    assert environment.from_string(text).render(v="<") == "<b>&lt;</b>&lt;&lt;&lt;"
