"""Execution environments of functions that bring their own runtime: found, made, let go.

MiniStack's Python worker calls a handler and takes what it returns. A function whose variable
AWS_LAMBDA_EXEC_WRAPPER names a program of its own is started by that program instead, as on AWS,
and speaks to the Runtime API (`localcloud/engine/runtime_api.py`).
"""

import asyncio
import contextlib
import os
import time
import zipfile
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from ministack.core import lambda_runtime, tls
from ministack.core.responses import new_uuid, request_scope
from ministack.services import lambda_svc

from localcloud.engine.layers import Layers
from localcloud.engine.runtime_api import Environment, InvocationFailed, Program
from localcloud.engine.starts import PATIENCE_S, Starts

WRAPPER: Final = "AWS_LAMBDA_EXEC_WRAPPER"
TASK_ROOT: Final = "/var/task/"
RUNTIME: Final = "/var/runtime/bootstrap.py"
"""What AWS's own runtime is started as. It is not here: a wrapper must bring its own."""

IDLE_S: Final = 300.0
"""How long an environment is kept without an event."""

type Config = Mapping[str, Any]


def brings_a_runtime(config: Config) -> bool:
    """Tell whether a function is started by a program of its own."""
    return WRAPPER in _variables(config)


@dataclass
class _Kept:
    environment: Environment
    revision: str
    since_s: float


class Environments:
    """The environments of all functions, those at work left out."""

    def __init__(self, archives: Layers, starts: Starts) -> None:
        """Unpack code and layers by way of `archives`; start by turns."""
        self._archives = archives
        self._starts = starts
        self._idle: dict[str, list[_Kept]] = {}
        self._all: dict[Environment, str] = {}

    async def invoke(self, record: Mapping[str, Any], payload: bytes) -> AsyncGenerator[bytes]:
        """Run one event in an environment of its function, and yield the answer as it comes.

        Raises:
            InvocationFailed: the function failed.
        """
        config: Config = record["config"]
        began_s, request_id, failed = time.monotonic(), new_uuid(), True
        environment, starts = await self._taken(record)
        try:
            chunks = environment.invoke(
                payload,
                request_id=request_id,
                arn=str(config["FunctionArn"]),
                timeout_s=float(config.get("Timeout", 3)),
            )
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk
            failed = False
        finally:
            log, taken_ms = environment.take_log(), int((time.monotonic() - began_s) * 1000)
            self._give_back(config, environment, whole=not failed)
            (self._starts.started if starts else self._starts.freed)(_key(config))
            with _scope(config):
                lambda_svc._emit_lambda_logs(dict(record), request_id, log, failed, taken_ms)

    def stop(self) -> None:
        """End every process."""
        for environment in self._all:
            environment.stop()
        self._all.clear()
        self._idle.clear()

    async def _taken(self, record: Mapping[str, Any]) -> tuple[Environment, bool]:
        """Return an environment, and whether it has a turn to start."""
        config: Config = record["config"]
        self._let_go(lambda kept: time.monotonic() - kept.since_s > IDLE_S)
        while (idle := self._idle_one(config)) is None:
            existing = list(self._all.values()).count(_key(config))
            waiting = self._starts.turn(_key(config), existing=existing)
            if waiting is None:
                return await self._started(record), True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.wrap_future(waiting), PATIENCE_S)
        return idle, False

    def _idle_one(self, config: Config) -> Environment | None:
        kept = self._idle.setdefault(_key(config), [])
        while kept:
            found = kept.pop()
            if found.revision == _revision(config) and found.environment.alive:
                return found.environment
            self._stop(found.environment)
        return None

    async def _started(self, record: Mapping[str, Any]) -> Environment:
        config: Config = record["config"]
        try:
            # In a thread: unpacking code takes seconds.
            environment = Environment(await asyncio.to_thread(self._program, record))
            await environment.start()
        except BaseException:  # a cancelled start is one as well
            self._starts.started(_key(config))
            raise
        self._all[environment] = _key(config)
        return environment

    def _give_back(self, config: Config, environment: Environment, *, whole: bool) -> None:
        if not whole or not environment.alive:
            self._stop(environment)
            return
        kept = _Kept(environment, _revision(config), time.monotonic())
        self._idle.setdefault(_key(config), []).append(kept)

    def _let_go(self, useless: Callable[[_Kept], bool]) -> None:
        for kept in self._idle.values():
            for one in [one for one in kept if useless(one)]:
                kept.remove(one)
                self._stop(one.environment)

    def _stop(self, environment: Environment) -> None:
        environment.stop()
        self._all.pop(environment, None)

    def _program(self, record: Mapping[str, Any]) -> Program:
        config: Config = record["config"]
        folder = self._archives.unpacked(record["code_zip"])
        with _scope(config):
            archives = [lambda_svc._resolve_layer_zip(ref) for ref in config.get("Layers") or []]
        layers = [self._archives.unpacked(archive) for archive in archives if archive]
        wrapper = _variables(config)[WRAPPER].removeprefix(TASK_ROOT)
        _make_executable(record["code_zip"], wrapper, folder)
        interpreter, _ = lambda_runtime._detect_runtime_binary(config["Runtime"])
        return Program(
            command=(str(folder / wrapper), interpreter, RUNTIME),
            folder=folder,
            variables=_environment(config, folder, layers),
        )


def _key(config: Config) -> str:
    return str(config["FunctionArn"])


def _scope(config: Config) -> AbstractContextManager[None]:
    """Return the account and region of a function, for what MiniStack looks up by them."""
    account_id, region = lambda_runtime._account_region_from_function_config(dict(config))
    scope: AbstractContextManager[None] = request_scope(account_id, region)
    return scope


def _variables(config: Config) -> Mapping[str, str]:
    found: Mapping[str, str] = (config.get("Environment") or {}).get("Variables") or {}
    return found


def _revision(config: Config) -> str:
    """Return what changes with code or configuration: an environment is of one revision."""
    return f"{config.get('CodeSha256')}/{config.get('RevisionId')}/{config.get('LastModified')}"


def _environment(config: Config, folder: Path, layers: list[Path]) -> dict[str, str]:
    variables: dict[str, str] = lambda_svc._provided_worker_env(dict(config), str(folder), 0)
    variables["PYTHONPATH"] = os.pathsep.join(str(layer / "python") for layer in layers)
    variables.setdefault("AWS_ENDPOINT_URL", f"https://127.0.0.1:{os.environ['GATEWAY_PORT']}")
    tls.trust_gateway_cert(variables)
    group = (config.get("LoggingConfig") or {}).get("LogGroup")
    variables["AWS_LAMBDA_LOG_GROUP_NAME"] = group or f"/aws/lambda/{config['FunctionName']}"
    return variables


def _make_executable(archive: bytes, name: str, folder: Path) -> None:
    """Give the wrapper the mode it has in the archive, which unpacking has lost.

    Raises:
        InvocationFailed: it is not there, or no program; AWS ends such a function too.
    """
    with zipfile.ZipFile(BytesIO(archive)) as files:
        found = next(_named(files, name), None)
    if found is None or not found.external_attr >> 16 & 0o100:
        raise InvocationFailed(f"{name} is not an executable file")
    (folder / name).chmod(0o700)


def _named(files: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipInfo]:
    return (info for info in files.infolist() if info.filename == name)
