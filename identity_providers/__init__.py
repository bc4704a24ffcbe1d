"""Whose tokens a gateway or an agent runtime takes: Cognito, Okta, Entra ID and Auth0.

See docs/extend.md, "People of another identity provider".
"""

from identity_providers.presets import auth0, cognito, entra_id, okta
from identity_providers.provider import InboundProvider

__all__ = ["InboundProvider", "auth0", "cognito", "entra_id", "okta"]
