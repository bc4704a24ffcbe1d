"""AgentCore Identity on its own: in-memory cloud and SQLite, reached with unmodified clients."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.identity.consent_app import with_consent
from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.service import IdentityService
from localcloud.cloud import Request, Response
from tests.support.asgi import LoopThread, ask
from tests.support.control_plane import counted_ids
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.memory_plane import OCCURRED, Clock
from tests.support.oauth_server import CLIENT_ID, CLIENT_SECRET, DISCOVERY, OauthServer
from tests.support.planes import Reached

ARNS = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}"
VAULT = f"{ARNS}:token-vault/default"
DIRECTORY = f"{ARNS}:workload-identity-directory/default"
SECRETS = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT_ID}:secret:bedrock-agentcore-identity!default"
RETURN_URL = "https://app.example.com/done"
API_KEY = "key-that-nobody-must-see"
GATEWAY = Workload("petstore-gw-0000000001", OCCURRED, OCCURRED, linked=True)
SCOPES = ["read", "write"]


@dataclass(frozen=True)
class FixedIdentities:
    """The identities of services, as a test has them."""

    identities: tuple[Workload, ...]

    def find(self, name: str) -> Workload | None:
        """Return the identity of this name."""
        return next((one for one in self.identities if one.name == name), None)

    def all(self) -> tuple[Workload, ...]:
        """Return all of them."""
        return self.identities


def custom(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the configuration of a client of the tests' authorization server."""
    config = {
        "oauthDiscovery": {"discoveryUrl": DISCOVERY},
        "clientId": CLIENT_ID,
        "clientSecret": CLIENT_SECRET,
    }
    return {"customOauth2ProviderConfig": config | changes}


@dataclass
class IdentityLaptop(Reached):
    """A control plane that has identity only, and everything around it."""

    loop: LoopThread
    cloud: FakeCloud = field(default_factory=FakeCloud)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    clock: Clock = field(default_factory=Clock)
    key: bytes = b"k" * 32
    server: OauthServer = field(default_factory=OauthServer)

    def __post_init__(self) -> None:
        self.server.join(self.cloud)
        self.service = IdentityService(
            self.database,
            Seal(self.key),
            self.cloud,
            self.clock,
            FixedIdentities((GATEWAY,)),
            counted_ids().__next__,
        )
        self.plane = ControlPlane(self.cloud, [self.service.area])
        self.loop.run(self.plane.resume())
        control = control_app(self.plane, request_ids=lambda: "request-1")
        self.app = with_consent(control, self.service.pages)

    def restarted(self, key: bytes | None = None) -> Self:
        """Return another process on the same database: nothing in memory is kept."""
        key = key or self.key
        return type(self)(self.loop, self.cloud, self.database, self.clock, key, self.server)

    def open(self, url: str, **more: str) -> Response:
        """Open a URL as a browser does, with `more` in its query."""
        parts = urlsplit(url)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = (("host", parts.netloc),)
        request = Request("GET", parts.path, urlencode(given | more), headers)
        return self.loop.run(ask(self.app, request))

    def dump(self) -> str:
        """Return all that is in the database, as text."""
        rows = [line.encode("utf-8", "surrogateescape") for line in self.database.iterdump()]
        return b"\n".join(rows).decode("latin-1")
