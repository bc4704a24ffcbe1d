"""Tokens no gateway may take, made from one it takes."""

import base64
import hmac
import json
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import RSAKey

AN_HOUR_S = 3600


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token, unverified."""
    claims: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return claims


def key_id_of(token: str) -> str:
    """Return the id of the key a token says it is signed with."""
    key_id: str = _header(token)["kid"]
    return key_id


def unsigned(token: str) -> str:
    """Return the token with the algorithm `none`."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def altered(token: str, **changes: object) -> str:
    """Return the token with some claims changed, under its old signature."""
    header, _, signature = token.split(".")
    return f"{header}.{_part(claims_of(token) | changes)}.{signature}"


def forged(token: str) -> str:
    """Return the token signed with a key of ours that calls itself the issuer's."""
    return signed(token, RSAKey.generate_key(2048))


def signed(token: str, key: RSAKey, **changes: object) -> str:
    """Return the token, some claims changed, signed with a key under the old key's id."""
    return jwt.encode(_header(token), claims_of(token) | changes, key)


def expired(token: str, key: RSAKey) -> str:
    """Return the token as it would be an hour after its end, signed with the issuer's own key."""
    claims = claims_of(token)
    lifetime_s = claims["exp"] - claims["iat"]
    past = {"iat": claims["iat"] - lifetime_s - AN_HOUR_S, "exp": claims["iat"] - AN_HOUR_S}
    return signed(token, key, **past)


def signed_with_the_public_key(token: str, key: dict[str, Any]) -> str:
    """Return the token with an HS256 signature, for which the issuer's public JWK is the secret."""
    secret = RSAKey.import_key(key).as_pem(private=False)
    content = f"{_part(_header(token) | {'alg': 'HS256'})}.{token.split('.')[1]}"
    return f"{content}.{_base64(hmac.digest(secret, content.encode(), 'sha256'))}"


def _header(token: str) -> dict[str, Any]:
    return dict(jws.extract_compact(token.encode()).headers())


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
