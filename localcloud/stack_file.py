"""`.local/stack.json`: what a program needs to use the deployed stack, in one file.

    {"stackName": ..., "outputs": {...}, "direct": {...}, "ca": path,
     "user": {"username": ..., "password": ...}, "apiKey": ... or null}

`direct` has the outputs that are URLs, for clients that know no proxy. The file holds a
password: its mode is 0600.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from localcloud import process
from localcloud.settings import Settings

_HOST_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(?P<id>[^.]+)\.gateway\.bedrock-agentcore\."), "/_gateways/{id}"),
    (re.compile(r"^(?P<id>[^.]+)\.execute-api\."), "/_aws/execute-api/{id}"),
    (re.compile(r"^cognito-idp\."), ""),
    (re.compile(r"\.auth\.[^.]+\.amazoncognito\.com$"), ""),
)


def direct_url(url: str, base: str) -> str | None:
    """Return the loopback form of an AWS URL under `base`, or None if there is none."""
    parts = urlsplit(url)
    for pattern, form in _HOST_FORMS:
        found = pattern.search(parts.netloc)
        if found:
            return base + form.format(**found.groupdict()) + parts.path
    return None


def describe(
    stack_name: str, settings: Settings, client: Callable[[str], Any]
) -> dict[str, object]:
    """Read the stack; `client` makes a boto3 client of a service."""
    stack = client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    direct = {key: direct_url(value, settings.url) for key, value in outputs.items()}
    return {
        "stackName": stack_name,
        "outputs": outputs,
        "direct": {key: url for key, url in direct.items() if url is not None},
        "ca": str(settings.ca_file),
        "user": _user(outputs, client),
        "apiKey": None,
    }


def _user(outputs: Mapping[str, str], client: Callable[[str], Any]) -> dict[str, str]:
    secret = client("secretsmanager").get_secret_value(SecretId=outputs["DemoUserSecretArn"])
    user: dict[str, str] = json.loads(secret["SecretString"])
    return user


def write(path: Path, content: Mapping[str, object]) -> None:
    """Write the file, readable by its owner alone."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _client(service: str) -> Any:  # noqa: ANN401  # boto3 has a type per service
    create: Any = boto3.client
    return create(service)


def main(arguments: list[str]) -> int:
    """Write the file for one stack of the running cloud."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", default="petstore")
    parser.add_argument("--home", type=Path, default=Path(".local"))
    options = parser.parse_args(arguments)
    home = options.home.resolve()
    found = process.running(Settings(home=home))
    if found is None:
        print("the laptop cloud does not run", file=sys.stderr)
        return 1
    settings = Settings(home, found["port"], found["proxyPort"], found["region"])
    write(home / "stack.json", describe(options.stack, settings, _client))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
