"""The door's functions, with a data plane of AgentCore on a real port."""

import os
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from agent_proxy import api, stream
from agent_proxy.telemetry import logger
from tests.support.data_plane import ARN, DataPlane


@pytest.fixture
def plane(monkeypatch: pytest.MonkeyPatch) -> Iterator[DataPlane]:
    """Return the data plane, to which the functions' own clients lead."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    found = DataPlane()
    with found.serve() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", url)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AGENT_RUNTIME_ARN", ARN)
        for agent in (api.agent, stream.agent):
            agent.cache_clear()
        yield found
        for agent in (api.agent, stream.agent):
            _close(agent)


def _close(agent: Any) -> None:  # noqa: ANN401  # a cached function
    """Close a function's client with its idle connections, if it has opened one."""
    if agent.cache_info().currsize:
        agent()._client.close()
        agent.cache_clear()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Collect what the functions' logger writes."""
    written, handler = StringIO(), logger.registered_handler
    before = handler.setStream(written)  # type: ignore[attr-defined] # it is a StreamHandler
    yield written
    handler.setStream(before)  # type: ignore[attr-defined] # as above
