"""Many cases of one test in one installation: what is refused leaves nothing, so the next case may find the same installation."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any

Test = Callable[..., Awaitable[None]]


def in_one_installation(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, but the test runs once for all cases, one after the other, with the same fixtures.

    For tests that leave behind nothing that the next case would notice; making an installation takes longer than they do.
    Every case runs, whatever became of those before it; those that failed are raised together.
    """
    wanted = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names
    given = [dict(zip(wanted, case if len(wanted) > 1 else (case,), strict=True)) for case in cases]

    def decorate(test: Test) -> Test:
        @wraps(test)
        async def each(**fixtures: Any) -> None:
            failed: list[Exception] = []
            for case in given:
                try:
                    await test(**fixtures, **case)
                except Exception as error:
                    error.add_note(f"in the case {case!r}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(given)} cases", failed)

        asked = inspect.signature(test)
        fixtures = [one for name, one in asked.parameters.items() if name not in wanted]
        each.__signature__ = asked.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return each

    return decorate
