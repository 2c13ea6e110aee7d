"""How often programs may ask: each token so many requests a minute, and each network few wrong tokens.

Counted in this process's memory, because a count in the database would cost a commit for each request: an installation
with several server processes allows each of them the whole quota. Nothing of it outlasts the process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from uuid import UUID
from weakref import WeakKeyDictionary

from confida_core.accounts.attempts import network_of
from confida_core.installation import Installation
from confida_core.vault.keyring import Keyring

# Wrong tokens cannot be guessed; the limit is for programs that go on asking with one that has ended.
WRONG_TOKENS, WRONG_SECONDS = 30, 60
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests in so many seconds, any of them at once; what was used comes back evenly."""

    name: str
    quota: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left after a request. reset: seconds until the whole quota is there again. wait: until one is; 0 if one is."""

    policy: Policy
    remaining: int
    reset: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has them."""
        name = self.policy.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.policy.quota};w={self.policy.seconds}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset}',
        }


class TooManyRequests(Exception):
    """Answered with 429; nothing was done. headers: when to come back."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(allowance.policy.name)
        self.retry_seconds = allowance.wait
        self.headers = {"Retry-After": str(allowance.wait), **allowance.headers}


class Meter:
    """Counts requests of many askers under one policy. clock: seconds that never go back."""

    def __init__(self, policy: Policy, clock: Callable[[], float] = time.monotonic) -> None:
        self.policy, self._clock = policy, clock
        # Asker -> when everything is given back; whoever is not in it has the whole quota.
        self._full_at: dict[Hashable, float] = {}

    def spend(self, asker: Hashable) -> Allowance:
        """Take one request off the asker's quota; a refused one takes nothing."""
        moment, policy = self._clock(), self.policy
        each = policy.seconds / policy.quota
        full_at = max(self._full_at.get(asker, moment), moment) + each
        over = full_at - moment - policy.seconds
        if over > 1e-6:
            return Allowance(policy, 0, math.ceil(full_at - each - moment), max(1, math.ceil(over)))
        self._full_at[asker] = full_at
        if len(self._full_at) > MOST_KEPT:
            self._forget(moment)
        remaining = int((policy.seconds - (full_at - moment)) / each + 1e-6)
        return Allowance(policy, remaining, math.ceil(full_at - moment), 0)

    def _forget(self, moment: float) -> None:
        """Those with a whole quota; if nearly everybody is using theirs, those who have most of it left too."""
        using = sorted(((at, asker) for asker, at in self._full_at.items() if at > moment), key=lambda item: item[0])
        self._full_at = {asker: at for at, asker in using[-MOST_KEPT // 2 :]}


@dataclass(frozen=True, slots=True)
class Meters:
    """requests: by token. wrong: wrong tokens, by network."""

    requests: Meter
    wrong: Meter


_meters: WeakKeyDictionary[Keyring, Meters] = WeakKeyDictionary()


def meters_of(crm: Installation) -> Meters:
    """Of this open installation; they go when it is closed."""
    found = _meters.get(crm.keyring)
    if found is None:
        found = _meters[crm.keyring] = Meters(
            Meter(Policy("token", crm.settings.api_requests_per_minute, 60)),
            Meter(Policy("wrong-token", WRONG_TOKENS, WRONG_SECONDS)),
        )
    return found


def spend_request(crm: Installation, token_id: UUID) -> Allowance:
    """Count one request of this token; its `headers` belong to the answer. Raises TooManyRequests."""
    return granted(meters_of(crm).requests.spend(token_id))


def note_wrong_token(crm: Installation, address: str) -> None:
    """Count a token that let nobody in. Raises TooManyRequests where this network has sent many.

    Only after the look-up: whoever shares an address with a broken program goes on with a token that works.
    """
    granted(meters_of(crm).wrong.spend(network_of(address)))


def granted(allowance: Allowance) -> Allowance:
    """What a meter said, if it is a yes. Raises TooManyRequests, which says how long to wait."""
    if allowance.wait:
        raise TooManyRequests(allowance)
    return allowance
