"""Why AgentCore Identity cannot give a credential, before it is said in AWS's words.

IdentityError
├── Unreadable    what is sealed was not sealed by us, for this purpose, with this key
└── OauthRefused  the authorization server says no, or nothing that can be used
"""


class IdentityError(Exception):
    """A failure of AgentCore Identity. `code` is stable."""

    code = "IdentityError"


class Unreadable(IdentityError):
    """Sealed text cannot be opened."""

    code = "Unreadable"


class OauthRefused(IdentityError):
    """An authorization server gave no token. The message never holds what it sent."""

    code = "OauthRefused"
