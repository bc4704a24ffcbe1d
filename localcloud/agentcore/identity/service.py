"""AgentCore Identity put together: its operations, its pages, what gateways and agents get."""

import sqlite3

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.control.names import random_id
from localcloud.agentcore.identity.area import IdentityArea
from localcloud.agentcore.identity.consent import Consents
from localcloud.agentcore.identity.consent_app import consent_app
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.directory import Directory, Linked, NoneLinked
from localcloud.agentcore.identity.gateways import GatewayCredentials
from localcloud.agentcore.identity.oauth_client import OauthClient
from localcloud.agentcore.identity.resource_tokens import ResourceTokens
from localcloud.agentcore.identity.runtimes import RuntimeTokens
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.secret_source import SecretSource
from localcloud.agentcore.identity.store import IdentityStore
from localcloud.agentcore.identity.users import Users
from localcloud.agentcore.identity.workload_tokens import WorkloadTokens
from localcloud.cloud import Cloud


class IdentityService:
    """All of AgentCore Identity."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        seal: Seal,
        cloud: Cloud,
        clock: Clock,
        linked: Linked | None = None,
        new_id: NewId = random_id,
    ) -> None:
        """Keep everything on `connection`, secrets and tokens sealed with `seal`.

        `linked` gives the identities of gateways and runtimes.
        """

        def now_s() -> float:
            return clock().timestamp()

        store = IdentityStore(connection, seal)
        directory = Directory(store, linked or NoneLinked())
        secrets = SecretSource(store, cloud)
        client = OauthClient(cloud, now_s)
        tokens = ResourceTokens(store, secrets, client, now_s)
        consents = Consents(store, cloud, client, tokens, now_s)
        context = Context(
            store=store,
            directory=directory,
            cloud=cloud,
            clock=clock,
            new_id=new_id,
            secrets=secrets,
            users=Users(cloud, now_s),
            workload_tokens=WorkloadTokens(seal, directory.find, clock),
            resource_tokens=tokens,
            consents=consents,
        )
        self.area = IdentityArea(context)
        self.pages = consent_app(consents)
        self.gateways = GatewayCredentials(context)
        self.agents = RuntimeTokens(context)
