"""An identity provider with real keys: it signs tokens, publishes keys, and rotates them."""

import json
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from localcloud.cloud import Response
from tests.support.fake_cloud import FakeCloud

type SigningKey = RSAKey | ECKey


def rsa_key(key_id: str) -> RSAKey:
    """Return a new RSA key pair."""
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig", "alg": "RS256"})


def ec_key(key_id: str) -> ECKey:
    """Return a new key pair on P-256."""
    return ECKey.generate_key("P-256", {"kid": key_id, "use": "sig", "alg": "ES256"})


@dataclass
class IdentityProvider:
    """One issuer. `discovery_url` is the issuer's own unless a test says otherwise."""

    issuer: str
    keys: list[SigningKey] = field(default_factory=lambda: [rsa_key("k1")])
    discovery_url: str = ""

    def __post_init__(self) -> None:
        self.discovery_url = self.discovery_url or (
            f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        )
        self.jwks_uri = f"{self.issuer.rstrip('/')}/keys"

    def join(self, cloud: FakeCloud) -> None:
        """Publish the keys, as they are now, through a cloud."""
        public = [key.as_dict(private=False) for key in self.keys]
        discovery = {"issuer": self.issuer, "jwks_uri": self.jwks_uri}
        cloud.answer("GET", self.discovery_url, _json(discovery))
        cloud.answer("GET", self.jwks_uri, _json({"keys": public}))

    def token(self, *, key: SigningKey | None = None, **claims: Any) -> str:  # noqa: ANN401 - JSON
        """Return a signed token; a claim that is None is left out."""
        used = key or self.keys[0]
        algorithm = "RS256" if isinstance(used, RSAKey) else "ES256"
        full = {"iss": self.issuer, "sub": "user-1"} | claims
        present = {name: value for name, value in full.items() if value is not None}
        header = {"alg": algorithm, "kid": used.kid}
        return jwt.encode(header, present, used, algorithms=[algorithm])

    def asked(self, cloud: FakeCloud) -> int:
        """Return how often the keys were read."""
        return sum(sent.url == self.jwks_uri for sent in cloud.sent)


def _json(content: object) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(content).encode())
