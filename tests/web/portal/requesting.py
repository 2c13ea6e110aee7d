"""Ada asks at the portal, and proves who she is."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from tests.consent.rights.requests_cast import newest_code, with_mail
from tests.web.client import Browser
from tests.web.portal.people import ADDRESS, work_off
from tests.web.portal.test_entering import cookie_of

PLAIN = {"accept-encoding": "identity"}


def form(kind: str = "access", identifier: str = ADDRESS, **more: str) -> dict[str, Any]:
    """As a person would send it; multipart, because the page's form can carry a file."""
    fields = {"_csrf": "", "kind": kind, "identifier": identifier, "whose": "self", "language": "en", **more}
    return {name: (None, value) for name, value in fields.items()}


async def asks(browser: Browser, kind: str = "access", identifier: str = ADDRESS, **more: str) -> str:
    """The address of the status page."""
    answer = await browser.post("/my/requests", files=form(kind, identifier, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def proves(browser: Browser, crm: Any, path: str) -> tuple[str, dict[str, str]]:
    """Ask for a code, type it: the address that shows everything, and the header of the browser that proved it."""
    with_mail(crm)
    await work_off(crm)
    sent = await browser.post(f"{path}/code", data={"do": "send"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}/code")
    await work_off(crm)
    half = {"cookie": f"__Host-my-asked={cookie_of(sent, '__Host-my-asked')}"}
    right = await browser.post(f"{path}/code", data={"code": await newest_code(crm)}, headers=half)
    assert right.status_code == 303, right.text
    proof = {"cookie": f"__Host-my-proof={cookie_of(right, '__Host-my-proof')}"}
    return str(right.headers["location"]).partition("?")[0], proof


async def only_request(crm: Any) -> Any:
    [row] = await crm.data.fetch("SELECT * FROM rights_request")
    return row


async def request_id_of(crm: Any, path: str) -> UUID:
    """Of the request that an address leads to."""
    from confida_consent.tokens import find_token

    grant = await find_token(crm, path.rpartition("/")[2], "status")
    assert grant is not None
    return grant.subject_id


def headings(page: str) -> list[str]:
    return re.findall(r"<h[12][^>]*>([^<]*)<", page)


def without_own(text: str, path: str) -> str:
    """A page without what is different for every request."""
    text = text.replace(path.rpartition("/")[2], "*")
    text = re.sub(r'<time datetime="[^"]*" title="[^"]*">', "<time>", text)
    return re.sub(r"R-[2-9A-Z]{4}-[2-9A-Z]{4}", "R-*", text)
