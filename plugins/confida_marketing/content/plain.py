"""Blocks as plain text, for mail programs and people who want no design."""

from __future__ import annotations

from collections.abc import Callable

from confida_marketing.content.email_content import Block
from confida_marketing.content.light_markdown import Run, passages_of, runs_of
from confida_marketing.content.writing import link_lines

Target = Callable[[str], str]


def plain_text(blocks: tuple[Block, ...], target: Target) -> str:
    """target: what stands for an address in the text."""
    said = (plain_block(block, target) for block in blocks)
    return "\n\n".join(one for one in said if one)


def plain_block(block: Block, target: Target) -> str:
    match block.kind:
        case "heading":
            return plain_heading(block)
        case "text":
            return plain_passages(block.text, target)
        case "button":
            return f"{block.label}: {target(block.href)}" if block.label else ""
        case "picture":
            shown = f"[{block.alt}]" if block.alt else ""
            return f"{shown} {target(block.href)}".strip() if block.href else shown
        case "columns":
            shown = f"[{block.alt}]" if block.picture and block.alt else ""
            parts = (shown, plain_passages(block.text, target), plain_passages(block.other, target))
            return "\n\n".join(part for part in parts if part)
        case "quote":
            said = plain_passages(block.text, target).replace("\n", "\n> ")
            return f"> {said}\n> {block.other}".removesuffix("\n> ") if said else ""
        case "links":
            return "\n".join(f"{words}: {target(href)}" for words, href in link_lines(block.text))
        case "divider":
            return "-" * 40
    return ""


def plain_heading(block: Block) -> str:
    words = plain_runs(runs_of(" ".join(block.text.split())), lambda href: href)
    return f"{words}\n{'=' * min(60, max(3, len(words)))}" if words else ""


def plain_passages(text: str, target: Target) -> str:
    said = []
    for one in passages_of(text):
        if one.kind == "paragraph":
            said.append(plain_runs(one.parts[0], target))
            continue
        heads = ("- " if one.kind == "dots" else f"{place}. " for place in range(1, len(one.parts) + 1))
        said.append(
            "\n".join(
                head + plain_runs(part, target).replace("\n", "\n  ")
                for head, part in zip(heads, one.parts, strict=False)
            )
        )
    return "\n\n".join(said)


def plain_runs(runs: tuple[Run, ...] | list[Run], target: Target) -> str:
    """A link's address stands behind its words, once, also where these are bold in part."""
    out = []
    for place, run in enumerate(runs):
        out.append("\n" if run.line_break else target(run.href) if run.href and run.text == run.href else run.text)
        following = runs[place + 1].href if place + 1 < len(runs) else ""
        if run.href and run.href not in {following, run.text}:
            out.append(f" ({target(run.href)})")
    return "".join(out)
