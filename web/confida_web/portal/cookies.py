"""The three cookies of the public side: a session, the browser's half of an asked code, and the language chosen."""

from __future__ import annotations

from litestar.datastructures import Cookie

PERSON = "__Host-my"
CODE = "__Host-my-code"
LANGUAGE = "__Host-language"
CODE_SECONDS = 900


def person_cookie(secret: str) -> Cookie:
    return Cookie(key=PERSON, value=secret, path="/", secure=True, httponly=True, samesite="strict")


def no_person_cookie() -> Cookie:
    return Cookie(key=PERSON, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)


def code_cookie(handle: str) -> Cookie:
    return Cookie(key=CODE, value=handle, path="/", secure=True, httponly=True, samesite="strict", max_age=CODE_SECONDS)


def no_code_cookie() -> Cookie:
    return Cookie(key=CODE, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)


def language_cookie(code: str) -> Cookie:
    """Only what was asked for by hand, until the browser closes; it names a language and nothing else."""
    return Cookie(key=LANGUAGE, value=code, path="/", secure=True, httponly=True, samesite="lax")
