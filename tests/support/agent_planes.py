"""Control planes that have memories and runtimes: moto's, and the laptop's own.

Where moto departs from AWS in what the provisioner builds on, it is set right here:

- A memory's id begins with its name.
- A runtime has the endpoint DEFAULT from the start.
"""

import base64
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws
from moto.bedrockagentcorecontrol.models import bedrockagentcorecontrol_backends

from localcloud.cloud import Response
from provisioner.archives import Archives
from provisioner.calls import Calls
from provisioner.kinds.runtimes import Runtimes
from provisioner.logs import RuntimeLogs
from tests.support import agent_runtimes
from tests.support.asgi import LoopThread
from tests.support.fake_cloud import Sent
from tests.support.memory_plane import MemoryLaptop
from tests.support.planes import opened

BUCKET = "artifacts"
MOTO_ACCOUNT_ID = "123456789012"
S3 = "https://s3.us-east-1.amazonaws.com/"

type Json = dict[str, Any]


@dataclass
class Versions:
    """Published versions of a function: Lambda's GetFunction, and where its URLs lead."""

    archives: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    said_digest: str | None = None
    """What is said in place of the true digest."""

    def publish(self, **files: str) -> str:
        """Publish an archive, `main` standing for `main.py`; return the version's ARN."""
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:agent:{len(self.archives) + 1}"
        content = {f"{name}.py": text for name, text in files.items()}
        self.archives[arn] = agent_runtimes.archive(content)
        return arn

    def get_function(self, FunctionName: str) -> Json:
        """Answer as Lambda does."""
        content = self.archives[FunctionName]
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        return {
            "Configuration": {
                "CodeSha256": self.said_digest or digest,
                "CodeSize": len(content),
            },
            "Code": {"Location": FunctionName},
        }

    @contextmanager
    def fetch(self, url: str) -> Iterator[io.BytesIO]:
        """Open what a URL leads to."""
        self.fetched.append(url)
        yield io.BytesIO(self.archives[url])


@dataclass
class AgentPlane:
    """A control plane; `changes` are the calls of it that change something, in order."""

    name: str
    client: Any
    versions: Versions = field(default_factory=Versions)
    changes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client.meta.events.register("before-call.*", self._note)

    def runtimes(self, kind: type[Runtimes] = Runtimes) -> Runtimes:
        """Return the kind, with S3 and CloudWatch Logs of moto."""
        objects, logs = boto3.client("s3"), boto3.client("logs")
        objects.create_bucket(Bucket=BUCKET)
        functions = Calls(self.versions)
        archives = Archives(functions, objects, BUCKET, self.versions.fetch)
        return kind(Calls(self.client), archives, RuntimeLogs(Calls(logs)))

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        if not model.name.startswith(("Get", "List")):
            self.changes.append(model.name)


def prefixes() -> list[str]:
    """Return the keys of the archives in the bucket, without the marks of who uses them."""
    listed = boto3.client("s3").list_objects_v2(Bucket=BUCKET)
    keys = [item["Key"] for item in listed.get("Contents", [])]
    return [key for key in keys if "/" not in key]


def log_groups() -> dict[str, int | None]:
    """Return the log groups there are, with the days they keep."""
    found = boto3.client("logs").describe_log_groups()["logGroups"]
    return {group["logGroupName"]: group.get("retentionInDays") for group in found}


@contextmanager
def moto_plane() -> Iterator[Any]:
    """Give a client of moto's control plane, set right."""
    with mock_aws():
        client: Any = boto3.client("bedrock-agentcore-control")
        other: Any = boto3.client("bedrock-agentcore-control")

        def make_default(parsed: Json, **_: object) -> None:
            other.create_agent_runtime_endpoint(
                agentRuntimeId=parsed["agentRuntimeId"], name="DEFAULT"
            )

        client.meta.events.register("after-call.*.CreateAgentRuntime", make_default)
        client.meta.events.register("after-call.*.CreateMemory", _rename)
        yield client


@contextmanager
def laptop_runtimes(folder: Path) -> Iterator[Any]:
    """Give a client of the laptop's runtimes, which take their code from moto's S3."""
    with (
        mock_aws(),
        LoopThread() as loop,
        agent_runtimes.Laptop(loop, folder) as laptop,
        laptop.client() as client,
    ):
        laptop.cloud.answer("GET", f"{S3}*", _object)
        yield client


@contextmanager
def laptop_memories() -> Iterator[Any]:
    """Give a client of the laptop's memories."""
    with opened(MemoryLaptop) as laptop, laptop.clients() as (control, _):
        yield control


def _object(sent: Sent) -> Response:
    bucket, _, key = sent.url.removeprefix(S3).partition("/")
    found = boto3.client("s3").get_object(Bucket=bucket, Key=key)
    return Response(200, {}, found["Body"].read())


def _rename(parsed: Json, **_: object) -> None:
    backend = bedrockagentcorecontrol_backends[MOTO_ACCOUNT_ID]["us-east-1"]
    memory = backend.memories.pop(parsed["memory"]["id"])
    tags = backend.tagger.get_tag_dict_for_resource(memory.memory_arn)
    memory.memory_id = f"{memory.name}-{memory.memory_id[-10:]}"
    memory.memory_arn = f"{memory.memory_arn.rpartition('/')[0]}/{memory.memory_id}"
    backend.tagger.tag_resource(
        memory.memory_arn, [{"Key": key, "Value": value} for key, value in tags.items()]
    )
    backend.memories[memory.memory_id] = memory
    parsed["memory"] |= {"id": memory.memory_id, "arn": memory.memory_arn}
