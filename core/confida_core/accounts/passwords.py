"""Passwords: which are accepted, how they are hashed and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from confida_core.accounts.guessable import is_guessable
from confida_core.storage.database import Busy

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SHORTEST, LONGEST = 15, 1000
# 46 MiB, one pass, one lane: equal to the OWASP floor of 19 MiB and two passes, and 50 ms here.
MEMORY_KIB, PASSES, LANES = 46 * 1024, 1, 1
AT_ONCE, MOST_WAITING = 2, 64
# Compared against when there is no account, so that the answer takes as long; nobody knows its password.
NOBODYS_HASH = "$argon2id$v=19$m=47104,t=1,p=1$2Ycj2hEQbEF786KjMvLivQ$NnObwvcrtLJ13Cd4xwQ+RsWnzUlwdDC0Kxs5Alm6XL4"


class PasswordRefused(ValueError):
    """The password may not be used; the message says why, for the person who chose it."""


def check_password(password: str, context: Iterable[str] = ()) -> None:
    """Raises PasswordRefused. context: words an attacker would try first: names, the address, the organisation.

    Exactly what was typed counts: nothing is trimmed, folded or composed. No rule about kinds of characters.
    """
    if len(password) < SHORTEST:
        raise PasswordRefused(f"Please use at least {SHORTEST} characters. Four or five words are easy to remember.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"Please use at most {LONGEST} characters.")
    if is_guessable(password, context):
        raise PasswordRefused("This password is easy to guess. Please use words that do not belong together.")


@cache
def hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32, salt_len=16)


@cache
def threads() -> ThreadPoolExecutor:
    """Two threads, so that never more than two hashes (92 MiB) are computed at once, whatever arrives."""
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="argon2")


async def in_turn(work: Callable[[], T]) -> T:
    """Raises Busy when too many wait already: memory and time are bounded, an answer is not worth either."""
    pool = threads()
    if pool._work_queue.qsize() >= MOST_WAITING:
        raise Busy("too many log-ins wait")
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def as_bytes(password: str) -> bytes:
    """Lone surrogates cannot come from a keyboard, but from a client; they must not raise."""
    return password.encode("utf-8", "surrogatepass")


async def hash_password(password: str) -> str:
    """Argon2id, never inside a transaction."""
    return await in_turn(lambda: hasher().hash(as_bytes(password)))


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is this password. Without a stored hash the same work is done and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    def compare() -> bool:
        try:
            return hasher().verify(stored or NOBODYS_HASH, as_bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await in_turn(compare)


def needs_rehash(stored: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return hasher().check_needs_rehash(stored)
