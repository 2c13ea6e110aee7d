"""Cells that a spreadsheet would run as a formula get an apostrophe in front, and lose it when they come back.

Source: OWASP, "CSV Injection"; ASVS 5.0, 1.2.10.
"""

from __future__ import annotations

import re

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A plus and digits alone evaluate to a number at worst, reach no function and no cell, and a phone number
# with an apostrophe would be useless to every other program. So exactly this form stays as it is.
_E164 = re.compile(r"\+[0-9]{5,15}")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet could run it; E.164 phone numbers stay as they are.

    A cell that begins with an apostrophe gets one more, so that `unguarded` always returns the original.
    """
    return "'" + cell if _needs_guard(cell) else cell


def unguarded(cell: str) -> str:
    """The cell without its guard; also without the apostrophe by which Excel and Shopify mark digits as text.

    "'t Hooft" is a name and stays.
    """
    if not cell.startswith("'"):
        return cell
    rest = cell[1:]
    return rest if _needs_guard(rest) or rest[:1].isdigit() else cell


def _needs_guard(cell: str) -> bool:
    if cell.startswith(("\t", "\r", "\n")):
        return True
    return cell.lstrip().startswith((*_DANGEROUS, "'")) and not _E164.fullmatch(cell)
