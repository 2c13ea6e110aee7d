"""What a comparison says, in sentences without terms."""

from __future__ import annotations

from collections.abc import Sequence

from confida_core.api import shown_amount
from confida_marketing.campaigns.deciding import Score
from confida_marketing.results.counting import FEWEST
from confida_marketing.results.holding_out import Compared
from confida_marketing.results.intervals import Interval, difference, enough, rates_differ

TOO_FEW = "Too few to tell: it needs 30 people in each group, and five who did it."


def points(share: float) -> str:
    return f"{abs(share) * 100:.1f}"


def in_points(found: Interval | None, what: str) -> str:
    """what: such as `wrote or called`."""
    if found is None:
        return TOO_FEW
    if not found.tells:
        return (
            f"No difference can be told: it may be {points(found.low)} fewer in a hundred who {what}, or "
            f"{points(found.high)} more."
        )
    near, far = sorted((abs(found.low), abs(found.high)))
    more = "more" if found.tells > 0 else "fewer"
    return (
        f"The campaign made a difference: {points(found.value)} in a hundred {more} {what}, and almost certainly between "
        f"{points(near)} and {points(far)}."
    )


def in_money(found: Interval | None, currency: str) -> str:
    if found is None:
        return TOO_FEW

    def amount(minor: float) -> str:
        return shown_amount(round(abs(minor)), currency)

    if not found.tells:
        return f"No difference can be told: it may be {amount(found.low)} less from each person, or {amount(found.high)} more."
    near, far = sorted((found.low, found.high), key=abs)
    more = "more" if found.tells > 0 else "less"
    return (
        f"It brought {amount(found.value)} {more} from each person, and almost certainly between {amount(near)} and "
        f"{amount(far)}."
    )


def of_groups(found: Compared) -> str:
    """Of answers and of payments; once, where neither can be told."""
    if found.replies is None and found.payers is None:
        return TOO_FEW
    return f"{in_points(found.replies, 'wrote or called')} Payments: {in_points(found.payers, 'paid something')}"


def of_versions(scores: Sequence[Score]) -> str:
    """Which of several ways to say it did better than the second best, by answers and by clicks, and whether that can be told."""
    if len(scores) < 2:
        return ""
    said = []
    best, second = sorted(scores, key=lambda one: -one.rate("replies"))[:2]
    if not enough(best.sent, second.sent, best.replies + second.replies):
        said.append("By answers: too few to tell.")
    elif difference(best.replies, best.sent, second.replies, second.sent).tells > 0:
        said.append(f"By answers: {best.variant.upper()} did better, and that is hardly chance.")
    else:
        said.append("By answers: the difference may be chance.")
    best, second = sorted(scores, key=lambda one: -one.rate("clicks"))[:2]
    if min(best.sent, second.sent) < FEWEST or not best.clicks:
        said.append("By clicks: too few to tell.")
    elif rates_differ(best.clicks, best.sent, second.clicks, second.sent) > 0:
        said.append(f"By clicks: {best.variant.upper()} did better, if hardly anybody clicks many times.")
    else:
        said.append("By clicks: the difference may be chance.")
    return " ".join(said)
