"""Ada asks; Olga and Mats answer on the pages."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from confida_consent.rights.requests import NewRequest, Request, open_request
from tests.consent.rights.requests_cast import in_person, make_ada

REQUEST = re.compile(r"/requests/([0-9a-f-]{36})")


async def proved_request(crm: Any, kind: str = "access", **more: Any) -> tuple[Request, UUID]:
    """Ada asked on her own pages, signed in."""
    ada = await make_ada(crm)
    new = NewRequest(kind=kind, contact_id=ada, proved=True, message="Everything, please.", **more)
    return await open_request(crm, in_person(ada), new), ada


async def entered(browser: Any, **fields: str) -> str:
    """Staff enter a request; its address."""
    form = {"kind": "access", "source": "letter", "name": "Ada", "country": "DE", "language": "en", "delivery": "post"}
    answer = await browser.post("/requests/new", data={**form, **fields})
    assert answer.status_code == 303, answer.text
    found = REQUEST.search(answer.headers["location"])
    assert found
    return found[0]


async def does(browser: Any, href: str, step: str, **fields: str) -> Any:
    """One step by its form; what the browser gets."""
    return await browser.post(f"{href}/step/{step}", data=fields)


async def text_of(browser: Any, href: str) -> str:
    answer = await browser.get(href)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)
