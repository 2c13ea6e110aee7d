"""`confida tokens`: seen and revoked by whoever runs the machine."""

from __future__ import annotations

import asyncio
from typing import Any

from confida_core.accounts.api_tokens import NewToken, make_token, token_grant
from confida_core.ids import new_id
from tests.core.accounts.cast import access_of, account_of


def test_tokens_are_listed_and_revoked(shell: Any) -> None:
    from confida_core import hooks
    from confida_core.installation import open_installation
    from confida_core.registry import load_registry
    from confida_core.settings import read_settings

    def inside(work: Any) -> Any:
        async def run() -> Any:
            async with open_installation(read_settings(home=shell.home), load_registry((), built_in=[hooks])) as crm:
                return await work(crm)

        return asyncio.run(run())

    async def make(crm: Any) -> Any:
        mats = await account_of(crm, "Mats", "staff")
        wanted = NewToken(label="Website", purpose="relationship", scopes=["contacts.read"])
        return await make_token(crm, access_of(crm, mats, "staff"), wanted)

    token_id, secret = inside(make)
    [one] = shell.json("tokens", "list")
    assert (one["id"], one["owner"], one["label"], one["scopes"], one["last_used_on"]) == (
        str(token_id), "Mats", "Website", ["contacts.read"], None,
    )  # fmt: skip
    assert "Mats: Website" in shell("tokens", "list").stdout
    assert secret not in shell("tokens", "list", "--json").stdout
    shell("tokens", "revoke", str(new_id()), code=1)
    shell("tokens", "revoke", str(token_id))
    assert shell.json("tokens", "list") == []
    assert inside(lambda crm: token_grant(crm, secret)) is None
