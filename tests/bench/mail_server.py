"""A mail server of the measurements: takes everything, keeps nothing but a number, and costs next to no time of its own.

`python -m tests.bench.mail_server` prints its port, then, whenever it is sent a line, how many messages it has taken.
"""

from __future__ import annotations

import asyncio
import sys


class Mailbox(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting, self.in_message = transport, b"", False
        transport.write(b"220 mail.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while True:
            end = b"\r\n.\r\n" if self.in_message else b"\r\n"
            line, found, rest = self.waiting.partition(end)
            if not found:
                return
            self.waiting = rest
            self.transport.write(self.answer(line))

    def answer(self, line: bytes) -> bytes:
        if self.in_message:
            self.in_message = False
            Mailbox.taken += 1
            return b"250 OK\r\n"
        word = line[:4].upper()
        if word == b"DATA":
            self.in_message = True
            return b"354 go on\r\n"
        if word == b"EHLO":
            return b"250-mail.example.org\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n"
        return b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n"


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Mailbox, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(Mailbox.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
