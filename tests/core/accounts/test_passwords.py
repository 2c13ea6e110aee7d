"""Which passwords are taken, and how they are compared."""

from __future__ import annotations

import asyncio
import threading

import pytest

from confida_core.accounts import passwords
from confida_core.accounts.passwords import (
    PasswordRefused,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "password",
    [
        "kurz",
        "vierzehn Zeich",
        "passwordpassword",
        "P4ssw0rd!P4ssw0rd!",
        "qwertyuiopasdfgh",
        "123456789012345678",
        "aaaaaaaaaaaaaaaaaaaa",
        "olgaolgaolgaolga",
        "Haus der Hoffnung",
        "Sommer2026Sommer!",
        "letmeinletmein123",
        "x" * 1001,
    ],
)
def test_guessable_password_is_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_password(password, ["Olga", "olga@example.org", "Haus der Hoffnung"])
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        "sieben Boote im Nebel",
        "correct horse battery staple",
        "kX9vTq2Lm8ZrWp4s",
        "  leading and trailing spaces count  ",
        "七つの舟が霧のなかを静かに進んでゆく",
        "\U0001f6a3 rowing boats on a foggy lake",
        "y3Gf" * 1 + "Lunch under the old walnut tree" * 30,
    ],
)
def test_password_that_nobody_guesses_is_taken_as_typed(password: str) -> None:
    check_password(password, ["Olga", "olga@example.org"])


async def test_only_the_very_same_characters_match() -> None:
    stored = await hash_password("sieben Boote im Nebel")
    tried = ["sieben Boote im Nebel", "sieben boote im nebel", "sieben Boote im Nebel ", "sieben Boote im Nebe"]
    assert [await verify_password(stored, password) for password in tried] == [True, False, False, False]


async def test_composed_and_decomposed_letters_are_different_passwords() -> None:
    stored = await hash_password("caf\u00e9 am Wasserturm")
    assert await verify_password(stored, "cafe\u0301 am Wasserturm") is False


async def test_lone_surrogate_is_a_wrong_password_and_no_failure() -> None:
    assert await verify_password(await hash_password("sieben Boote im Nebel"), "\ud800" * 20) is False


async def test_missing_and_broken_hash_cost_the_same_work_and_never_match() -> None:
    assert [await verify_password(None, "x"), await verify_password("!", "x")] == [False, False]


def test_the_hash_nobody_has_was_made_with_todays_parameters() -> None:
    assert needs_rehash(passwords.NOBODYS_HASH) is False


def test_hash_of_other_parameters_is_made_again() -> None:
    from argon2 import PasswordHasher

    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("x")) is True


async def test_never_more_than_two_hashes_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    await asyncio.gather(*(passwords.in_turn(work) for _ in range(20)))
    assert most == 2
