"""Asks pages as several people at once would, each waiting for the answer: a plan in, an outcome out (`python -m tests.bench.load`).

A process of its own that does as little as possible per page, because it shares the processors with what it measures.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from functools import partial

import msgspec

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "


class Plan(msgspec.Struct):
    """users: one list of whole requests for each connection, asked in turn for `seconds`. discard: not counted, at first.

    expect: the beginning of a good answer.
    """

    port: int
    users: list[list[bytes]]
    seconds: float
    discard: float = 0.5
    expect: bytes = b"HTTP/1.1 200"


class Outcome(msgspec.Struct):
    """milliseconds: of each good page, ascending. refused: beginnings of other answers, counted. seconds: it lasted."""

    milliseconds: list[float]
    refused: dict[str, int]
    seconds: float
    received: int

    def at(self, share: float) -> float:
        return self.milliseconds[min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)]

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


class User(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the one before is there."""

    def __init__(
        self, requests: list[bytes], begin: float, end: float, expect: bytes, done: asyncio.Future[None]
    ) -> None:
        self.requests, self.begin, self.end, self.expect, self.done = requests, begin, end, expect, done
        self.place, self.head, self.missing, self.received, self.sent_at = 0, b"", 0, 0, 0.0
        self.good: list[float] = []
        self.refused: Counter[str] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.ask()

    def ask(self) -> None:
        request = self.requests[self.place % len(self.requests)]
        self.place += 1
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if not self.missing:
            self.head += data
            end = self.head.find(END_OF_HEAD)
            if end < 0:
                return
            start = self.head.lower().find(LENGTH, 0, end)
            length = int(self.head[start + len(LENGTH) : self.head.find(b"\r", start)]) if start >= 0 else 0
            self.missing = length - (len(self.head) - end - 4)
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.answered()

    def answered(self) -> None:
        now = time.perf_counter()
        if not self.head.startswith(self.expect):
            self.refused[self.head[9:60].split(b"\r")[0].decode("latin-1")] += 1
        elif self.sent_at >= self.begin:
            self.good.append((now - self.sent_at) * 1000)
        self.head, self.missing = b"", 0
        if now < self.end:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.end:
            self.refused["connection closed"] += 1
        if not self.done.done():
            self.done.set_result(None)


def _same(user: User) -> User:
    return user


async def put_load(plan: Plan) -> Outcome:
    loop = asyncio.get_running_loop()
    begin = time.perf_counter() + plan.discard
    end = begin + plan.seconds
    users = [User(requests, begin, end, plan.expect, loop.create_future()) for requests in plan.users]
    for user in users:
        await loop.create_connection(partial(_same, user), "127.0.0.1", plan.port)
    await asyncio.wait([user.done for user in users], timeout=plan.discard + plan.seconds + 30)
    took = time.perf_counter() - begin
    refused: Counter[str] = sum((user.refused for user in users), Counter())
    times = sorted(each for user in users for each in user.good)
    return Outcome(times, dict(refused), took, sum(user.received for user in users))


def main() -> None:
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    import uvloop

    outcome = uvloop.run(put_load(plan))
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
