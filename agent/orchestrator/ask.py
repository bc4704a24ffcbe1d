"""Ask the orchestrator of a deployed stack as one of the platform's demo users.

    python -m orchestrator.ask "Which plan is right for us?" --customer ACME-001 --as support

It prints the agent's answer, and on standard error which agent that was and why. Environment:
STACK_NAME (default `petstore`), and what boto3, SSL and proxies read.

Exit codes: 0 answered; 1 a bug (with a traceback); 2 wrong usage; 3 the stack cannot be read;
4 no token, or it is refused; 5 no answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from assistant.errors import AgentError, LoginRefused, StackUnreadable
from assistant.stack import DEFAULT_STACK_NAME, outputs_of
from orchestrator.errors import OrchestratorError, TokenRefused

if TYPE_CHECKING:
    from orchestrator.calls import Reply
    from orchestrator.users import User
    from team_agents.request import Request

ORCHESTRATOR: Final = "orchestrator"
TIMEOUT_S: Final = 90.0
"""For the orchestrator's own time, and the start of its session."""

UNREADABLE, REFUSED, NO_ANSWER = 3, 4, 5
EXIT_CODES: Final[dict[type[Exception], int]] = {
    StackUnreadable: UNREADABLE,
    LoginRefused: REFUSED,
    TokenRefused: REFUSED,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, print the answer, and return the exit code."""
    arguments = _parse(argv)
    try:
        reply = _ask(arguments)
    except (AgentError, OrchestratorError) as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return EXIT_CODES.get(type(error), NO_ANSWER)
    if arguments.json:
        print(json.dumps(reply, indent=2))
    else:
        print(described(reply["routing"]), file=sys.stderr)
        print(reply["response"])
    return 0


def described(routing: dict[str, Any]) -> str:
    """Put a route on lines for people: who was asked, one after the other, and why."""
    steps = [*routing["via"], routing]
    return "\n".join(
        f"{one['agent']} ({one['by']}, {one['confidence']:.2f}): {one['reason']}" for one in steps
    )


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestrator.ask", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("prompt", help="what to ask")
    parser.add_argument("--customer", metavar="ID", help="the customer it is about")
    parser.add_argument("--session", metavar="ID", help="a conversation to go on with")
    parser.add_argument("--as", dest="user", default="support", help="demo user; default: support")
    parser.add_argument("--json", action="store_true", help="print the whole reply")
    return parser.parse_args(argv)


def _ask(arguments: argparse.Namespace) -> dict[str, Any]:
    # boto3 and httpx load from here on, so that --help and a slip of the finger are quick.
    from orchestrator.users import user_of  # noqa: PLC0415
    from team_agents.request import Request  # noqa: PLC0415

    arn, token = _enter(arguments.user)
    request = Request(arguments.prompt, arguments.customer, arguments.session or uuid4().hex)
    return asyncio.run(_call(arn, request, user_of(token))).model_dump()


def _enter(username: str) -> tuple[str, str]:
    """Return the orchestrator's ARN, and an access token of a demo user's.

    Raises:
        StackUnreadable: the stack or its secret cannot be read, or it has no orchestrator.
        LoginRefused: there is no such user.
    """
    import boto3  # noqa: PLC0415

    from assistant.cognito import PasswordLogin  # noqa: PLC0415

    stack_name = os.environ.get("STACK_NAME") or DEFAULT_STACK_NAME
    outputs = outputs_of(boto3.client("cloudformation"), stack_name)
    try:
        arn, secret_arn = outputs["OrchestratorRuntimeArn"], outputs["PlatformUsersSecretArn"]
    except KeyError as error:
        raise StackUnreadable(f"the stack has no output {error.args[0]}") from error
    password = _password(secret_arn)
    cognito = boto3.client("cognito-idp")
    login = PasswordLogin(cognito, outputs["UserPoolClientId"], username, password, time.time)
    return arn, login.log_in().access_token


def _password(secret_arn: str) -> str:
    import boto3  # noqa: PLC0415

    from assistant.aws import AWS_ERRORS, reason  # noqa: PLC0415

    try:
        text = boto3.client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]
    except AWS_ERRORS as error:
        raise StackUnreadable(f"cannot read the users' password: {reason(error)}") from error
    return str(json.loads(text)["password"])


async def _call(arn: str, request: Request, user: User) -> Reply:
    from orchestrator.calls import Agents, Question  # noqa: PLC0415
    from orchestrator.registry import Agent  # noqa: PLC0415
    from orchestrator.service import payload_of  # noqa: PLC0415
    from orchestrator.sessions import runtime_session  # noqa: PLC0415

    endpoint_url = os.environ.get("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE") or None
    session_id = runtime_session(user, request, ORCHESTRATOR)
    asked = Question(Agent(ORCHESTRATOR, arn, ()), payload_of(request), session_id, user.token)
    return await Agents(endpoint_url).ask(asked, within_s=TIMEOUT_S)


if __name__ == "__main__":
    sys.exit(main())
