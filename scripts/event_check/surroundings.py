"""A laptop cloud with the stack in it, made for one check and forgotten after it."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from localcloud.certificates import Authority
from scripts.event_check.doors import Answers, Relay
from scripts.event_check.engine import Bridge
from tests.support.laptop import BUILT_TEMPLATE, ROOT, Laptop, deploy_command

STACK = "events"
BUNDLE = "ca-bundle.pem"
"""The authorities that functions trust: a file beside their code."""


class NotDeployed(Exception):
    """The stack could not be put on the laptop cloud; the message is what `sam deploy` said."""

    code = "NotDeployed"


@cache
def parameters() -> str:
    """Return the parameters that the stack was built with: those of this machine."""
    command = [str(ROOT / "scripts" / "parameters")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


class Surroundings:
    """The deployed stack, and how functions in containers reach it."""

    def __init__(self, laptop: Laptop) -> None:
        """Take a laptop cloud that runs."""
        self.laptop = laptop

    def deploy(self) -> None:
        """Put the built template on the cloud.

        Raises:
            NotDeployed: it failed.
        """
        overrides = ("--parameter-overrides", parameters())
        done = self.laptop.run(*deploy_command(STACK), *overrides)
        if done.status != 0:
            raise NotDeployed(done.output)

    @cached_property
    def physical(self) -> Mapping[str, str]:
        """Return the physical ids by logical id, those of stacks within the stack too."""
        with closing(self.laptop.client("cloudformation")) as client:
            return dict(_physical(client, STACK))

    def certificates(self, host: str) -> Any:  # noqa: ANN401 - an ssl.SSLContext
        """Return a server context with a certificate of the cloud's authority for `host`."""
        authority = Authority(self.laptop.settings.ca_file.parent)
        return authority.context_for(host, now=datetime.now(UTC))

    def variables(self, function: str) -> dict[str, str]:
        """Return a deployed function's environment variables."""
        with closing(self.laptop.client("lambda")) as client:
            found = client.get_function_configuration(FunctionName=self.physical[function])
        variables: dict[str, str] = found.get("Environment", {}).get("Variables", {})
        return variables

    @contextmanager
    def doors(self, bridge: Bridge) -> Iterator[tuple[Relay, Answers]]:
        """Open the cloud's proxy, and a listener for answers, to containers."""
        relay = Relay(bridge, self.laptop.settings.proxy_port)
        answers = Answers(bridge, self.certificates(bridge.gateway))
        with relay.open(), answers.open():
            yield relay, answers


def _physical(client: Any, stack: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - boto3's
    for one in client.describe_stack_resources(StackName=stack)["StackResources"]:
        yield one["LogicalResourceId"], one["PhysicalResourceId"]
        if one["ResourceType"] == "AWS::CloudFormation::Stack":
            yield from _physical(client, one["PhysicalResourceId"])


class Shelf:
    """The pets as the stack's seeds are, put back before each event that needs them."""

    def __init__(self, surroundings: Surroundings) -> None:
        """Remember the items that are there now."""
        self._table = surroundings.physical["PetsTable"]
        self._dynamodb = surroundings.laptop.client("dynamodb")
        self._items = self._scan()

    def close(self) -> None:
        """Hang up."""
        self._dynamodb.close()

    def restore(self) -> None:
        """Remove what came, and put back what changed or went."""
        for item in self._scan():
            if item not in self._items:
                self._dynamodb.delete_item(TableName=self._table, Key={"pk": item["pk"]})
        for item in self._items:
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def _scan(self) -> list[Any]:
        items: list[Any] = self._dynamodb.scan(TableName=self._table, ConsistentRead=True)["Items"]
        return items


def write_template(
    folder: Path, surroundings: Surroundings, proxy: str, *, built: Path = BUILT_TEMPLATE
) -> tuple[Path, Path]:
    """Write the built template such that its functions find the laptop cloud.

    Returns:
        A template, and a file for `--env-vars`. `sam local invoke` passes only variables that the
        template has, and lets those of its own environment take their places; so the names are in
        the one and the values in the other. The code is copied, for the authorities beside it.
    """
    cloud = _cloud_variables(proxy)
    values: dict[str, dict[str, str]] = {"Parameters": cloud}
    template = _write(built, folder, surroundings, values)
    variables = folder / "variables.json"
    variables.write_text(json.dumps(values), encoding="utf-8")
    return template, variables


def _write(
    built: Path, folder: Path, surroundings: Surroundings, values: dict[str, dict[str, str]]
) -> Path:
    """Write one template, and those within it; add the variables of their functions to `values`."""
    document = yaml.safe_load(built.read_text(encoding="utf-8"))
    document["Globals"]["Function"]["Environment"] = {"Variables": values["Parameters"]}
    for name, resource in document["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            # Where `sam build` puts it, whether or not it has been packed since.
            code, properties["CodeUri"] = folder / name, name
            shutil.copytree(built.parent / name, code)
            shutil.copy(surroundings.laptop.settings.ca_bundle, code / BUNDLE)
            values[name] = surroundings.variables(name)
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = str(built.parent / properties["ContentUri"])
        elif resource["Type"] == "AWS::Serverless::Application":
            inner = folder / name
            inner.mkdir()
            within = _write(built.parent / properties["Location"], inner, surroundings, values)
            properties["Location"] = str(within)
    template = folder / "template.yaml"
    template.write_text(yaml.safe_dump(document), encoding="utf-8")
    return template


def _cloud_variables(proxy: str) -> dict[str, str]:
    bundle = f"/var/task/{BUNDLE}"
    return {"HTTPS_PROXY": f"http://{proxy}", "SSL_CERT_FILE": bundle, "AWS_CA_BUNDLE": bundle}
