"""What a tenant's stack is made of: tenants/template.yaml, filled in from the root stack."""

import json
from pathlib import Path
from typing import Any, Final

import yaml

from tenants.root import Root

TEMPLATE: Final = Path(__file__).with_name("template.yaml")

ROOT_TAG: Final = "tenancy:root"
TENANT_TAG: Final = "tenancy:tenant"
"""CloudFormation puts a stack's tags on what it makes: costs can be told apart by them."""

type Request = dict[str, Any]


def request(root: Root, tenant: str, stack_name: str) -> Request:
    """Return what CreateStack and UpdateStack are to be asked for.

    NAMED_IAM: the roles have names. AUTO_EXPAND: the platform's template is one of SAM's.
    """
    return {
        "StackName": stack_name,
        "TemplateBody": json.dumps(template(root)),
        "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters(root, tenant).items()
        ],
        "Tags": [
            {"Key": ROOT_TAG, "Value": root.name},
            {"Key": TENANT_TAG, "Value": tenant},
        ],
    }


def template(root: Root) -> dict[str, Any]:
    """Return the template, with the root's parameters and outputs of the platform."""
    made: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    platform = made["Resources"]["Platform"]["Properties"]
    platform["Parameters"] = {**root.parameters, **platform["Parameters"]}
    for key in root.outputs:
        made["Outputs"][key] = {"Value": {"Fn::GetAtt": ["Platform", f"Outputs.{key}"]}}
    return made


def parameters(root: Root, tenant: str) -> dict[str, str]:
    """Return the parameters of a tenant's stack."""
    return {
        "RootStackName": root.name,
        "Tenant": tenant,
        "PlatformTemplateUrl": root.template_url,
        "RootRevision": root.revision,
        "ProvisionerFunctionRoleName": root.parameters["ProvisionerRoleName"],
        "DemoUserFunctionRoleName": root.parameters["DemoUserRoleName"],
    }
