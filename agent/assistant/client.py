"""Find a deployed stack's gateway and log in to it; the only module here that knows boto3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from assistant.aws import AWS_ERRORS, reason
from assistant.cognito import ClientCredentials, PasswordLogin, claims
from assistant.errors import StackUnreadable
from assistant.stack import Stack, read_machine, read_stack, read_user
from assistant.steps import Report, Step, Stopwatch
from assistant.tokens import Issuer, TokenSource


@dataclass(frozen=True)
class Access:
    """Where the gateway is, and tokens for it."""

    url: str
    tokens: TokenSource


def open_access(
    stack_name: str,
    *,
    as_machine: bool,
    now_s: Callable[[], float],
    report: Report,
    clock: Callable[[], float],
) -> Access:
    """Read the stack and get a first token; region and credentials come as boto3 finds them.

    `as_machine` takes the stack's client for programs instead of its demo user. `now_s` is the
    wall clock, in seconds since the Unix epoch; `clock` measures.

    Raises:
        StackUnreadable: see `assistant.stack`.
        LoginRefused: Cognito gives no token.
    """
    watch = Stopwatch(clock)
    stack = read_stack(_client("cloudformation"), stack_name)
    report(
        Step("stack", {"name": stack.name, "gateway": stack.gateway_url, "elapsedMs": watch.ms()})
    )
    watch = Stopwatch(clock)
    tokens = TokenSource(_issuer(stack, as_machine=as_machine, now_s=now_s), now_s=now_s)
    report(Step("token", {**claims(tokens.current()), "elapsedMs": watch.ms()}))
    return Access(stack.gateway_url, tokens)


def _issuer(stack: Stack, *, as_machine: bool, now_s: Callable[[], float]) -> Issuer:
    cognito = _client("cognito-idp")
    if as_machine:
        machine = read_machine(cognito, stack)
        return ClientCredentials(
            machine.token_url, machine.client_id, machine.client_secret, machine.scopes, now_s
        )
    user = read_user(_client("secretsmanager"), stack.demo_user_secret_arn)
    return PasswordLogin(cognito, stack.client_id, user.username, user.password, now_s)


def _client(service: str) -> Any:  # noqa: ANN401 - boto3 makes the class at run time
    try:
        return boto3.client(service)  # type: ignore[call-overload]
    except AWS_ERRORS as error:  # for instance no region
        raise StackUnreadable(f"cannot call AWS: {reason(error)}") from error
