"""Ask agents on the runtime, with boto3."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.agent_runtimes import Client
from tests.support.fake_cloud import ACCOUNT_ID

RUNTIMES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:runtime"
SESSION = "session-of-a-person-who-asks-questions"
OTHER_SESSION = "session-of-a-person-who-asks-something-else"
SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x")


def say(data: Client, arn: str, session: str = SESSION, **asked: object) -> Any:  # noqa: ANN401 - JSON
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=arn, runtimeSessionId=session, payload=json.dumps(asked).encode()
    )
    return json.loads(reply["response"].read())


def refused(data: Client, arn: str, **asked: Any) -> tuple[int, str, str]:  # noqa: ANN401 - JSON
    with pytest.raises(ClientError) as no:
        say(data, arn, **asked)
    response = no.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return status, response["Error"]["Code"], response["Error"]["Message"]
