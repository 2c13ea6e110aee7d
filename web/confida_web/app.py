"""The wiring of the web application, readable from top to bottom."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
from collections.abc import AsyncIterator, Callable, Container, Iterable
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.datastructures import State

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.hookspecs import CoreHooks
from confida_core.installation import Installation, open_installation
from confida_core.jobs.worker import run_worker
from confida_core.loaded_plugin import Declared, PluginError
from confida_core.registry import Registry, load_registry
from confida_core.settings import Settings
from confida_web import hooks as web_hooks
from confida_web.errors.answers import answer
from confida_web.hookspecs import WebHooks
from confida_web.languages import speak_also
from confida_web.logs import log_structures_as_json
from confida_web.page import build_environment
from confida_web.routing import check_handlers, handlers_of
from confida_web.search.commands import check_commands
from confida_web.security.envelope import Envelope
from confida_web.security.guard import guard
from confida_web.static_files import folders_of, static_files
from confida_web.stopping import told_to_stop


def load_everything(settings: Settings) -> Registry:
    """Core, consent, web and the enabled plugins, declared and checked. Raises PluginError."""
    own = (core_hooks, consent_hooks, web_hooks)
    return load_registry(settings.enabled_plugins, built_in=own, specifications=(CoreHooks, ConsentHooks, WebHooks))


def create_app(crm: Installation) -> Litestar:
    """The application of an open installation. Raises UnguardedRoute for a route that nobody guards, and PluginError."""
    check_handlers(crm.registry)
    check_commands(crm.registry.with_owner("commands"))
    folders = folders_of(crm.registry)
    check_scripts(crm.registry.with_owner("page_scripts"), static_files(folders))
    speak_also(crm.registry.all("translation_folders"))
    app = copy.copy(routed(tuple(handlers_of(crm.registry))))
    templates = build_environment(tuple(crm.registry.all("template_folders")), folders)
    state = {"crm": crm, "templates": templates, "static_files": static_files(folders), "stopping": asyncio.Event()}
    app.state = State(state)
    # Around everything, errors of routing included: Litestar's own middleware never sees those.
    app.asgi_handler = Envelope(app.asgi_handler, crm)
    return app


def check_scripts(declared: Iterable[Declared], files: Container[str]) -> None:
    """Raises PluginError for a script that is not among the plugin's own static files."""
    for item in declared:
        src, own = item.value.src, f"x/{item.plugin.info.key}/"
        if src not in files or not (item.plugin.built_in or src.startswith(own)):
            raise PluginError(f"{item.plugin}: script {item.value.key!r} must be a static file that begins with {own}")


@lru_cache(maxsize=4)
def routed(handlers: tuple[Any, ...]) -> Litestar:
    """An application of these routes that has no installation yet; each installation gets a copy.

    Litestar reads the signature of every handler anew for each application, a quarter of a second for ours.
    """
    return Litestar(
        route_handlers=handlers,
        guards=[guard],
        exception_handlers={Exception: answer},
        openapi_config=None,
        debug=False,
        logging_config=None,
    )


class OpeningApp:
    """The ASGI application of a server process: opens the installation when the server starts, closes it at the end."""

    def __init__(self, settings: Settings, ask: Callable[[], str] | None = None) -> None:
        self.settings, self._ask = settings, ask
        self._app: Litestar | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        """From the server's start event to its end."""
        await receive()
        log_structures_as_json()
        async with contextlib.AsyncExitStack() as stack:
            try:
                opening = open_installation(self.settings, load_everything(self.settings), ask=self._ask)
                crm = await stack.enter_async_context(opening)
                await crm.isolation.breakers.remember(crm)
                self._app = create_app(crm)
                await stack.enter_async_context(self._app.lifespan())
                stack.enter_context(told_to_stop(self._app.state.stopping))
                await stack.enter_async_context(background_work(crm))
                keep_what_is_there()
            except Exception as error:
                # The server shows the message of a failed start; our own classes of error say what to do.
                await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def keep_what_is_there() -> None:
    """Takes everything made so far out of the garbage collector's sight, and has it look less often.

    Walking through all that a start leaves in memory took 80 ms, once in a hundred pages (measured).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@contextlib.asynccontextmanager
async def background_work(crm: Installation) -> AsyncIterator[None]:
    """Jobs run beside the pages, in the same process; at the end the running one may finish, or is taken up again later."""
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(crm, stop))
    try:
        yield
    finally:
        stop.set()
        await worker


def create_app_from_settings(settings: Settings, ask: Callable[[], str] | None = None) -> OpeningApp:
    """What a server runs: nothing is opened before the server's start event. ask: for the passphrase, if one is needed."""
    return OpeningApp(settings, ask)
