"""Listens to the exchange for as long as the program runs; whoever else listens, too, hears the same, and it is kept once."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from confida_core.api import DatabaseError, Installation, now, plugin_settings
from confida_service.settings import ServiceSettings
from confida_service.telephone.ami_calls import Calls
from confida_service.telephone.ami_connection import Connection, ExchangeProblem, Login, connected, login_of
from confida_service.telephone.hearing import Heard, hear
from confida_service.telephone.phones import known_extensions

# So often it is asked whether it is still there, and whether it is set up otherwise now.
EVERY_SECONDS = 20.0
UNTIL_NOTED = 60.0


async def listen_to_exchange(crm: Installation, stop: asyncio.Event) -> None:
    """The listener. Raises ExchangeProblem when the connection breaks, after which it is begun anew."""
    login = login_of(await plugin_settings(crm, ServiceSettings))
    if login is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
        return
    try:
        async with connected(login, events=True) as connection:
            await note_exchange(crm, "")
            await follow_calls(crm, connection, login, stop)
    except ExchangeProblem as problem:
        await note_exchange(crm, problem.code)
        raise


async def note_exchange(crm: Installation, problem: str) -> None:
    """For the page of the settings."""
    await crm.data.fetch(
        "INSERT INTO service_exchange (id, at, problem) VALUES (1, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET at = excluded.at, problem = excluded.problem",
        now(), problem,
    )  # fmt: skip


async def follow_calls(crm: Installation, connection: Connection, login: Login, stop: asyncio.Event) -> None:
    """Until the program stops, the exchange falls silent, or another one is set up."""
    calls = Calls()
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set() and login_of(await plugin_settings(crm, ServiceSettings)) == login:
            await asyncio.wait_for(connection.tell("Ping"), EVERY_SECONDS)
            looked = asyncio.get_running_loop().time() + EVERY_SECONDS
            if not await read_until(crm, connection, calls, stopping, looked) and not stop.is_set():
                raise ExchangeProblem("silent")
    finally:
        stopping.cancel()


async def keep(crm: Installation, heard: Heard) -> None:
    """One that cannot be kept is no reason to miss the others."""
    try:
        await hear(crm, heard)
    except DatabaseError as error:
        structlog.get_logger().warning("call_not_kept", error=type(error).__name__)


async def read_until(
    crm: Installation, connection: Connection, calls: Calls, stopping: asyncio.Task[bool], moment: float
) -> bool:
    """Take in what comes until this moment of the loop's clock, or until the program stops; whether anything came."""
    clock, came = asyncio.get_running_loop().time, False
    ours = await known_extensions(crm)
    asked = clock()
    while (left := moment - clock()) > 0 and not stopping.done():
        reading = asyncio.create_task(connection.next(UNTIL_NOTED))
        await asyncio.wait({reading, stopping}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
            continue
        message, came = reading.result(), True
        if clock() - asked > 1 and "event" in message:
            ours, asked = await known_extensions(crm), clock()
        heard = calls.hear(message, ours)
        if heard is not None:
            await keep(crm, heard)
    return came
