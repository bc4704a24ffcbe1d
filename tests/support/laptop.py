"""A laptop cloud of a test's own: its process, its clients, and the SAM CLI pointed at it."""

import json
import os
import signal
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from localcloud import process
from localcloud.client_environment import CLEARED, client_variables
from localcloud.settings import Settings, free_port

ROOT = Path(__file__).parents[2]
BUILT_TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
SAM = ROOT / ".local" / "sam" / "bin" / "sam"
COMMAND_TIMEOUT_S = 240


@dataclass(frozen=True)
class Finished:
    """A command that has ended; `output` is what it printed on both streams."""

    status: int
    output: str


class Shell:
    """A shell whose environment leads to a cloud."""

    @property
    def environment(self) -> dict[str, str]:
        """What a client's process needs."""
        return dict(os.environ)

    def run(
        self,
        *command: str,
        cwd: Path = ROOT,
        extra: Mapping[str, str] | None = None,
        answers: str = "",
    ) -> Finished:
        """Run a command as a user does who has sourced `.local/env`, and type `answers`."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self.environment, **(extra or {})},
            input=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        return Finished(done.returncode, done.stdout)


class Laptop(Shell):
    """One laptop cloud in a folder of its own, on ports of its own."""

    def __init__(self, home: Path, memory_model: str = "offline") -> None:
        self._settings = Settings(
            home=home, port=free_port(), proxy_port=free_port(), memory_model=memory_model
        )

    @property
    def settings(self) -> Settings:
        """Where it keeps its things and which ports it has."""
        return self._settings

    @property
    def environment(self) -> dict[str, str]:
        """What a client's process needs, on top of this process's environment."""
        kept = {k: v for k, v in os.environ.items() if k not in CLEARED}
        tools = f"{SAM.parent}:{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
        return {**kept, **client_variables(self._settings), "PATH": tools}

    def start(self) -> None:
        """Start it, on the ports it had before if they are free."""
        self._settings = self._settings.on_free_ports()
        process.start(self._settings)

    def stop(self) -> None:
        """Stop it as `make down` does."""
        process.stop(self._settings)

    def kill(self) -> None:
        """End it without a word: nothing is saved, and its workers are on their own."""
        found = process.running(self._settings)
        assert found is not None, "it did not run"
        os.kill(found["pid"], signal.SIGKILL)
        process.wait_for_end(found["pid"])

    def processes(self) -> list[str]:
        """Return the command lines of all processes that use this cloud's folder."""
        home = str(self._settings.home)
        lines = (_command_line(entry) for entry in Path("/proc").glob("[0-9]*/cmdline"))
        return [line for line in lines if home in line]

    def client(self, service: str, **settings: Any) -> Any:  # noqa: ANN401 - a type per service
        """Return an unmodified boto3 client that knows this cloud by proxy and authority alone."""
        session = boto3.Session(
            aws_access_key_id=client_variables(self._settings)["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=client_variables(self._settings)["AWS_SECRET_ACCESS_KEY"],
            region_name=self._settings.region,
        )
        config = Config(
            proxies={"https": self._settings.proxy_url}, retries={"total_max_attempts": 2}
        )
        create: Any = session.client
        return create(service, config=config, verify=str(self._settings.ca_bundle), **settings)

    def ssl_context(self) -> ssl.SSLContext:
        """Return what trusts this cloud's authority."""
        return ssl.create_default_context(cafile=str(self._settings.ca_bundle))

    def begin(self, *command: str, cwd: Path = ROOT) -> "subprocess.Popen[str]":
        """Start a command and do not wait for it."""
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def _command_line(entry: Path) -> str:
    try:
        return entry.read_text(encoding="utf-8", errors="replace").replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return ""


def deploy_command(stack: str, template: Path = BUILT_TEMPLATE) -> tuple[str, ...]:
    """Return the stock `sam deploy` of a built template."""
    return (
        "sam",
        "deploy",
        "--config-env",
        "laptop",
        "--config-file",
        str(ROOT / "samconfig.toml"),
        "--template-file",
        str(template),
        "--stack-name",
        stack,
    )


class Aws(Shell):
    """The AWS account and region of the environment, for whoever has one."""

    def client(self, service: str, **settings: Any) -> Any:  # noqa: ANN401 - a type per service
        """Return an unmodified boto3 client."""
        create: Any = boto3.client
        return create(service, **settings)


type Cloud = Laptop | Aws


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs, and its demo user."""

    name: str
    outputs: Mapping[str, str]
    username: str
    password: str = field(repr=False)

    @classmethod
    def read(cls, cloud: Cloud, name: str) -> Self:
        """Read a stack that is deployed."""
        found = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        outputs = {o["OutputKey"]: o["OutputValue"] for o in found["Outputs"]}
        secrets = cloud.client("secretsmanager")
        secret = secrets.get_secret_value(SecretId=outputs["DemoUserSecretArn"])
        return cls(name, outputs, **json.loads(secret["SecretString"]))

    def tokens(self, cloud: Cloud) -> dict[str, str]:
        """Log the demo user in; return `AccessToken`, `IdToken` and `RefreshToken`."""
        answer = cloud.client("cognito-idp").initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.username, "PASSWORD": self.password},
        )
        found: dict[str, str] = answer["AuthenticationResult"]
        return found
