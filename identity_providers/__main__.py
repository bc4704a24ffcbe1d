"""Print the `AuthorizerConfiguration` of an identity provider, to paste into a template.

python -m identity_providers okta --domain acme.okta.com --audience api://pets
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from identity_providers.presets import auth0, cognito, entra_id, okta
from identity_providers.provider import InboundProvider


def main(arguments: Sequence[str]) -> str:
    """Return what is printed: JSON, which is YAML as well."""
    wanted = _parser().parse_args(arguments)
    provider: InboundProvider = wanted.make(wanted)
    return json.dumps({"AuthorizerConfiguration": provider.properties()}, indent=2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="identity_providers", description=__doc__)
    kinds = parser.add_subparsers(required=True)

    def kind(name: str, make: Callable[[argparse.Namespace], InboundProvider], *own: str) -> None:
        added = kinds.add_parser(name)
        for option in own:
            added.add_argument(f"--{option}", required=True)
        many = "--client" if name == "cognito" else "--audience"
        added.add_argument(many, action="append", required=True, dest="allowed")
        added.set_defaults(make=make)

    kind(
        "cognito",
        lambda given: cognito(given.region, given.user_pool_id, clients=tuple(given.allowed)),
        "region",
        "user-pool-id",
    )
    kind("okta", lambda given: okta(given.domain, audiences=tuple(given.allowed)), "domain")
    kind(
        "entra-id",
        lambda given: entra_id(given.directory_id, audiences=tuple(given.allowed)),
        "directory-id",
    )
    kind(
        "auth0",
        # The namespace is for claims, which are not printed.
        lambda given: auth0(given.domain, audiences=tuple(given.allowed), namespace=""),
        "domain",
    )
    return parser


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
