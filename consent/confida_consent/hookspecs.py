"""The hooks consent calls: each once, at start; each returns frozen dataclasses and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from confida_consent.declarations import ConsentPurpose
from confida_consent.ledger.openers import LedgerOpener
from confida_consent.purpose_rules import declared_purposes
from confida_core.hookspecs import hookspec


class ConsentHooks:
    """Consent's hookspecs."""

    _checks = (declared_purposes,)
    # Nobody is asked under a purpose of a disabled plugin, but everybody can still withdraw from it.
    _parked = ("consent_purposes", "ledger_openers")

    @hookspec
    def consent_purposes(self) -> Sequence[ConsentPurpose]:  # type: ignore[empty-body]
        """What personal data is used for, and on which lawful basis; people see it in the preference centre.

        Called: once, at start.
        Returns: a list of `ConsentPurpose`. A higher version replaces the one that is stored, at the next start; consents to an older
        version still hold if the new one is `compatible`.
        Failure: a purpose that lacks English words, a basis without the note the law wants, or a changed text under the same version,
        stops the start.

        ```python
        @hookimpl
        def consent_purposes():
            wording = Wording(title="Members' letter", description="We send you our letter four times a year.")
            return [
                ConsentPurpose(
                    key="membership.letter", version=1, texts={"en": wording}, basis="contract", channels=("post",),
                    category="service",
                )
            ]
        ```
        """

    @hookspec
    def ledger_openers(self) -> Sequence[LedgerOpener]:  # type: ignore[empty-body]
        """Who keeps what opens the leaves of the ledger, so that its audit can compare the two.

        Called: once, at start. `read` is called by `confida ledger verify` for every stretch of the ledger.
        Returns: a list of `LedgerOpener`, each for kinds of leaf that nobody else keeps.
        Failure: a sentence instead of a commitment, or a missing opening, is named by the audit; an error ends it.

        ```python
        async def read_openings(crm, first, last):
            rows = await crm.data.fetch(
                "SELECT position, commitment FROM membership_vote WHERE position >= ? AND position < ?", first, last
            )
            return {row["position"]: bytes(row["commitment"]) for row in rows}


        @hookimpl
        def ledger_openers():
            return [
                LedgerOpener(
                    key="membership.votes", label="votes of members", kinds=frozenset({"membership.vote"}), read=read_openings
                )
            ]
        ```
        """
