"""The session on AgentCore Runtime in which a user's conversation with an agent goes on."""

from __future__ import annotations

import hashlib
import json

from orchestrator.users import User
from team_agents.request import Request


def runtime_session(user: User, request: Request, agent: str) -> str:
    """Return the session's id: the same for the same conversation, and two users never share one.

    It is 64 hexadecimal digits; the service takes 33 to 256 characters. A session is a machine of
    its own with whatever it remembers, and its id is all that it is known by: so it must not be
    one that somebody else can ask for. Source: botocore bedrock-agentcore, SessionType.
    """
    parts = [user.issuer, user.subject, request.customer_id, request.session_id, agent]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
