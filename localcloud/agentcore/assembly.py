"""AgentCore put together: stores on one database, areas on stores, apps in front of them."""

import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from starlette.types import ASGIApp

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.areas import Area, Clock
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.control.gateway_area import GatewayArea
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.gateway.app import Choices, gateway_app
from localcloud.agentcore.gateway.decisions import DecisionLog
from localcloud.agentcore.gateway.search.model import tool_model
from localcloud.agentcore.identity.consent_app import with_consent
from localcloud.agentcore.identity.linked import ServiceIdentities
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.service import IdentityService
from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.memory.area import MemoryArea
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.metrics import Metrics
from localcloud.agentcore.observed import Observer, memories_observed, runtimes_observed
from localcloud.agentcore.policy.area import PolicyArea
from localcloud.agentcore.policy.attachment import Attachment
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.agentcore.runtime.service import Place, RuntimeService, Times
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Cloud
from minilm.embedding import Embedder


@dataclass(frozen=True)
class AgentCore:
    """AgentCore of one account in one region.

    `control` answers its control plane and the data planes of memory and identity, `agents`
    agents' callers, and `gateways` those of gateways. Whoever runs it enters `runtimes`, closes
    `decisions` and `metrics`, and lets `plane.resume` take up what another process left.
    """

    plane: ControlPlane
    control: ASGIApp
    gateways: ASGIApp
    agents: ASGIApp
    runtimes: RuntimeService
    decisions: DecisionLog
    metrics: Metrics


@dataclass(frozen=True)
class Files:
    """Where AgentCore has what is not in the database.

    `token_vault_key` seals secrets, and is made if it is not there. `tool_shelf` keeps what the
    sentence model read of tools, and may be deleted.
    """

    token_vault_key: Path
    tool_shelf: Path


def assemble(
    connection: sqlite3.Connection,
    cloud: Cloud,
    place: Place,
    files: Files,
    faults: Faults,
    clock: Clock,
    choices: Choices | None = None,
    model: Embedder | None = None,
    extractors: Mapping[str, Extractor] | None = None,
) -> AgentCore:
    """Put AgentCore together. Nothing starts.

    Args:
        connection: the database; who owns it saves it.
        cloud: the cloud around AgentCore.
        place: where agents' code and scratch files go.
        files: where the rest is kept.
        faults: what tests have operations do wrong.
        clock: gives aware datetimes.
        choices: behaviour of gateways that is not known of AWS.
        model: the sentence model of searches; all-MiniLM-L6-v2 if none is given.
        extractors: of memories' strategies, by kind; the deterministic ones if none are given.
    """
    stores, metrics = _Stores.on(connection), Metrics(cloud, clock)
    known = ServiceIdentities(stores.gateways, stores.agents)
    seal = Seal.of_file(files.token_vault_key)
    parts = _Parts(
        cloud=cloud,
        clock=clock,
        stores=stores,
        embedder=model or Embedder(),
        extractors=extractors,
        identity=IdentityService(connection, seal, cloud, clock, known),
        decisions=DecisionLog(cloud, clock, lambda: str(uuid.uuid4())),
        observer=Observer(metrics, stores.memories.memories, stores.agents),
    )
    runtimes = RuntimeService(
        connection,
        cloud,
        place,
        Times(clock, time.monotonic),
        store=stores.agents,
        tokens=parts.identity.agents,
        began=parts.observer.session_began,
    )
    plane = ControlPlane(cloud, _areas(parts, runtimes, faults))
    return AgentCore(
        plane=plane,
        control=_control(parts, plane),
        gateways=_gateways(parts, choices, files.tool_shelf),
        agents=runtimes_observed(runtimes.app, parts.observer),
        runtimes=runtimes,
        decisions=parts.decisions,
        metrics=metrics,
    )


@dataclass(frozen=True)
class _Stores:
    """What there is of each kind of resource, all in one database."""

    gateways: GatewayStore
    engines: PolicyStore
    agents: RuntimeStore
    memories: MemoryStores

    @classmethod
    def on(cls, connection: sqlite3.Connection) -> Self:
        return cls(
            GatewayStore(connection),
            PolicyStore(connection),
            RuntimeStore(connection),
            MemoryStores.on(connection),
        )


@dataclass(frozen=True)
class _Parts:
    """What areas and apps are made of."""

    cloud: Cloud
    clock: Clock
    stores: _Stores
    embedder: Embedder
    extractors: Mapping[str, Extractor] | None
    identity: IdentityService
    decisions: DecisionLog
    observer: Observer


def _areas(parts: _Parts, runtimes: RuntimeService, faults: Faults) -> list[Area]:
    cloud, clock, stores = parts.cloud, parts.clock, parts.stores
    importer = AgentCoreImporter(cloud, parts.identity.gateways)
    attach = Attachment(stores.engines, cloud).expect_usable
    return [
        GatewayArea(stores.gateways, cloud, importer, clock, faults=faults, attach=attach),
        MemoryArea(stores.memories, parts.embedder, cloud, clock, extractors=parts.extractors),
        runtimes.area,
        PolicyArea(stores.engines, stores.gateways, cloud, clock),
        parts.identity.area,
    ]


def _control(parts: _Parts, plane: ControlPlane) -> ASGIApp:
    observed = memories_observed(control_app(plane), parts.observer)
    return with_consent(observed, parts.identity.pages)


def _gateways(parts: _Parts, choices: Choices | None, tool_shelf: Path) -> ASGIApp:
    return gateway_app(
        parts.stores.gateways,
        parts.cloud,
        parts.clock,
        choices=choices,
        policies=parts.stores.engines,
        decisions=parts.decisions,
        credentials=parts.identity.gateways,
        model=tool_model(parts.embedder),
        tool_shelf=tool_shelf,
        observer=parts.observer,
    )
