"""`.local/stack.json`: what a program needs to use the deployed stack, in one file.

    {"stackName": ..., "outputs": {...}, "direct": {...}, "browser": {...}, "ca": path,
     "user": {"username": ..., "password": ...}, "apiKey": ... or null}

`direct` has the outputs that are URLs, for clients that know no proxy, and `browser` those of them
that a browser can open, which trusts no certificate of ours. The file holds a password and the key
of the agent's API: its mode is 0600.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from localcloud import process
from localcloud.browser import PREFIX
from localcloud.settings import LOOPBACK, Settings

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


def browser_url(direct: str, settings: Settings) -> str | None:
    """Return the plain form of a loopback URL, or None if browsers have no way to it."""
    path = direct.removeprefix(settings.url)
    reachable = path.startswith(PREFIX.decode())
    return f"http://{LOOPBACK}:{settings.proxy_port}{path}" if reachable else None


def describe(
    stack_name: str, settings: Settings, client: Callable[[str], Any]
) -> dict[str, object]:
    """Read the stack; `client` makes a boto3 client of a service."""
    stack = client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    direct = _present((key, direct_url(url, settings.url)) for key, url in outputs.items())
    return {
        "stackName": stack_name,
        "outputs": outputs,
        "direct": direct,
        "browser": _present((key, browser_url(url, settings)) for key, url in direct.items()),
        "ca": str(settings.ca_file),
        "user": _user(outputs, client),
        "apiKey": _api_key(outputs, client),
    }


def _present(urls: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    return {key: url for key, url in urls if url is not None}


def _user(outputs: Mapping[str, str], client: Callable[[str], Any]) -> dict[str, str]:
    secret = client("secretsmanager").get_secret_value(SecretId=outputs["DemoUserSecretArn"])
    user: dict[str, str] = json.loads(secret["SecretString"])
    return user


def _api_key(outputs: Mapping[str, str], client: Callable[[str], Any]) -> str | None:
    if "AgentApiKeyId" not in outputs:
        return None
    found = client("apigateway").get_api_key(apiKey=outputs["AgentApiKeyId"], includeValue=True)
    value: str = found["value"]
    return value


def invitation(content: Mapping[str, Any], path: Path) -> str | None:
    """Return what to tell a person: where the chat page is, and where its key. Never the key."""
    page = content["browser"].get("ChatUrl")
    return f'Ask the agent at {page}\nIts key is "apiKey" in {path}' if page else None


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
    path, content = home / "stack.json", describe(options.stack, settings, _client)
    write(path, content)
    told = invitation(content, path)
    if told:
        print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
