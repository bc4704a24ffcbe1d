"""The laptop cloud as one process: TLS port, proxy port, checkpoints, and a tidy end."""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Scope

from assistant.errors import ModelUnavailable
from assistant.models import OFFLINE
from localcloud.agentcore.assembly import AgentCore, Files, assemble
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.control.faults_app import faults_app
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.extraction.model_backed.choice import MEMORY_MODEL, extractors_of
from localcloud.agentcore.runtime.service import Place
from localcloud.browser import serve_browsers
from localcloud.certificates import Authority
from localcloud.checkpoint import Checkpoint, open_database
from localcloud.client_environment import network_variables, write_environment
from localcloud.engine import environment
from localcloud.engine.layers import Layers
from localcloud.engine.network import Network
from localcloud.front import Front, Parts
from localcloud.process import CloudProcessError
from localcloud.proxy import Proxy
from localcloud.settings import LOOPBACK, Settings

logger = logging.getLogger(__name__)

SHUTDOWN_S = 2
KEEP_ALIVE_S = 75
"""Longer than clients keep a connection that is idle: who reuses one must not find it closed."""
SYSTEM_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


async def serve(settings: Settings) -> None:
    """Run the laptop cloud until SIGTERM or SIGINT.

    Raises:
        CloudProcessError: what the environment asks for cannot be had.
    """
    extractors = _extractors(settings)  # before `prepare`, which takes away what is the shell's
    authority = prepare(settings)
    # MiniStack reads its environment when it is imported, which `prepare` has set just now.
    from localcloud.engine import ministack  # noqa: PLC0415
    from localcloud.engine.cloud import LaptopCloud  # noqa: PLC0415
    from localcloud.engine.ministack.state import EngineState  # noqa: PLC0415

    del os.environ["LOG_LEVEL"]  # MiniStack has read it; the functions' loggers read it too
    layers = Layers(settings.home / "tmp" / "layers")
    environments = ministack.install(settings.region, layers)
    state = EngineState(settings.home / "state")
    connection = open_database(settings.database)
    checkpoint = Checkpoint(connection, state)
    network = httpx2.AsyncClient(trust_env=False, verify=_system_context())
    faults = Faults()
    cloud = LaptopCloud(settings, Network(network))
    place = _place(settings)
    files = Files(settings.token_vault_key, settings.tool_shelf)
    core = assemble(connection, cloud, place, files, faults, _now, extractors=extractors)
    front = Front(_parts(ministack.app, core, faults), checkpoint.changed)
    cloud.connect(front)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(engine_lifespan(ministack.app))
        stack.callback(state.stop_workers)
        stack.callback(environments.stop)
        stack.callback(connection.close)
        stack.callback(checkpoint.save)
        stack.push_async_callback(network.aclose)
        stack.push_async_callback(core.metrics.close)
        stack.push_async_callback(core.decisions.close)
        await stack.enter_async_context(core.runtimes)
        checkpoint.load()
        await core.plane.resume()
        await _listen(settings, authority, front, checkpoint)


def _extractors(settings: Settings) -> Mapping[str, Extractor]:
    if settings.offline and settings.memory_model != OFFLINE:
        message = (
            f"{MEMORY_MODEL} is {settings.memory_model!r}, and --offline reaches no other host"
        )
        raise CloudProcessError(message)
    try:
        return extractors_of(settings.memory_model, os.environ)
    except ModelUnavailable as error:
        raise CloudProcessError(str(error)) from error


def _parts(engine: ASGIApp, core: AgentCore, faults: Faults) -> Parts:
    return Parts(
        engine=engine,
        agentcore=core.control,
        agents=core.agents,
        gateways=core.gateways,
        admin=admin_app(faults),
    )


def _place(settings: Settings) -> Place:
    return Place(
        archives=settings.home / "state" / "agents",
        scratch=settings.home / "tmp" / "sessions",
        network=network_variables(settings),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def prepare(settings: Settings) -> Authority:
    """Make folders, certificates and the client's environment file; set MiniStack's variables."""
    shutil.rmtree(settings.home / "tmp", ignore_errors=True)  # what a killed cloud left behind
    os.umask(0o077)  # passwords and keys of the cloud's users are in what it writes
    for name in ("tmp", "run", "state"):
        (settings.home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    now = _now()
    authority = Authority(settings.ca_file.parent)
    bundles = (Path(name) for name in SYSTEM_BUNDLES)
    authority.ensure(now=now, system_bundle=next((p for p in bundles if p.exists()), None))
    certificate, key = authority.leaf_files(LOOPBACK, now=now)
    environment.prepare(os.environ, settings, str(certificate), str(key))
    write_environment(settings)
    return authority


def admin_app(faults: Faults) -> ASGIApp:
    """Answer `/_laptop/health`, and let tests make operations misbehave at `/_laptop/faults`."""
    return Starlette(
        routes=[
            Route("/_laptop/health", _health),
            Mount("/_laptop/faults", app=faults_app(faults)),
        ]
    )


def _health(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ready"})


async def _listen(
    settings: Settings, authority: Authority, front: Front, checkpoint: Checkpoint
) -> None:
    server = uvicorn.Server(_configuration(settings, authority, front))
    # uvicorn would raise the signal again when it is done, before the cloud has been saved.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    async with serve_browsers(front) as browsers:
        cloud = (LOOPBACK, settings.port)
        proxy = Proxy(cloud, offline=settings.offline, browsers_address=browsers)
        listening = await proxy.serve(LOOPBACK, settings.proxy_port)
        saving = asyncio.create_task(checkpoint.run())
        _write_process_file(settings)
        try:
            await server.serve()
        finally:
            listening.close()  # and no waiting: clients keep their tunnels as long as they like
            saving.cancel()
            settings.process_file.unlink(missing_ok=True)


def _configuration(settings: Settings, authority: Authority, front: Front) -> uvicorn.Config:
    certificate, key = authority.leaf_files(LOOPBACK, now=_now())
    config = uvicorn.Config(
        front,
        host=LOOPBACK,
        port=settings.port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        h11_max_incomplete_event_size=64 * 1024,
        timeout_graceful_shutdown=SHUTDOWN_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
    )
    config.load()
    if config.ssl is not None:
        config.ssl.sni_callback = _sni_callback(authority)
    return config


def _sni_callback(authority: Authority):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        if name:
            connection.context = authority.context_for(name.lower(), now=_now())
        return None

    return choose


def _write_process_file(settings: Settings) -> None:
    content = {
        "pid": os.getpid(),
        "port": settings.port,
        "proxyPort": settings.proxy_port,
        "region": settings.region,
        "memoryModel": settings.memory_model,
    }
    settings.process_file.write_text(json.dumps(content), encoding="utf-8")


def _system_context() -> ssl.SSLContext:
    # Not SSL_CERT_FILE, which names the laptop cloud's own authority for its workers.
    found = next((name for name in SYSTEM_BUNDLES if Path(name).exists()), None)
    return ssl.create_default_context(cafile=found)


@contextlib.asynccontextmanager
async def engine_lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start and stop an ASGI application by its lifespan protocol."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
    task = asyncio.ensure_future(app(scope, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    await outbox.get()
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        async with asyncio.timeout(SHUTDOWN_S):
            await outbox.get()
        await task
