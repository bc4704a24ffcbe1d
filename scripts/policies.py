"""Write the policies of `policies/` into the file that the platform's template includes.

    python -m scripts.policies

CloudFormation includes YAML, and policies are written in Cedar. What is written here is committed,
so that `sam build` alone is enough; a test says when it is no longer what the policies say.
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from policy.statement import strip_comments

POLICIES = Path("policies")
INCLUDED = Path("stacks/platform/policies.yaml")
GATEWAY_ARN = {"Fn::GetAtt": ["PlatformGateway", "GatewayArn"]}
HEADER = """\
# Written by `python -m scripts.policies` from policies/*.cedar: change those.
"""


def main() -> int:
    """Write; return the exit status."""
    INCLUDED.write_text(included(POLICIES), encoding="utf-8")
    return 0


def included(folder: Path) -> str:
    """Return the property `Policies` of `Custom::AgentCorePolicies`, of all policies in a folder.

    A statement names the gateway by `${GatewayArn}`, which CloudFormation fills in.
    """
    policies = {
        path.stem: _policy(path.read_text("utf-8")) for path in sorted(folder.glob("*.cedar"))
    }
    return HEADER + yaml.dump(policies, Dumper=_Dumper, sort_keys=False, width=1000)


def _policy(text: str) -> dict[str, Any]:
    statement = strip_comments(text).strip() + "\n"
    said = " ".join(re.findall(r"^// ?(.*)$", text, re.MULTILINE))
    return {
        "Description": said,
        "Statement": {"Fn::Sub": [statement, {"GatewayArn": GATEWAY_ARN}]},
    }


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out: included snippets know no aliases."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text)


if __name__ == "__main__":
    sys.exit(main())
