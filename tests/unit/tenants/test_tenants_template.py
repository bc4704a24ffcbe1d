"""The tenant's template beside those of the root and the platform: what each relies on."""

import re
from fnmatch import fnmatch
from typing import Any

import yaml

from provisioner.documents import FOLDER
from tenants.root import BUCKET, PLATFORM
from tenants.statement import TEMPLATE
from tests.support.template import PLATFORM as PLATFORM_TEMPLATE
from tests.support.template import resource, statements, template

DOCUMENT: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text("utf-8"))
RESOURCES: dict[str, Any] = DOCUMENT["Resources"]


def test_pool_and_client_are_as_the_roots() -> None:
    pool, roots = RESOURCES["UserPool"]["Properties"], resource("UserPool")["Properties"]
    trigger = roots["LambdaConfig"]["Fn::If"][1]["PreTokenGenerationConfig"]["LambdaVersion"]
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == trigger
    different = {"UserPoolName", "LambdaConfig"}
    assert pool.keys() == roots.keys()
    assert all(pool[key] == roots[key] for key in pool.keys() - different)
    assert RESOURCES["UserPoolClient"]["Properties"] == resource("UserPoolClient")["Properties"]


def test_what_the_tenant_gives_the_platform_are_parameters_of_it() -> None:
    given = RESOURCES["Platform"]["Properties"]["Parameters"]
    assert given.keys() <= template(PLATFORM_TEMPLATE)["Parameters"].keys()
    own = {"RootStackName", "UserPoolId", "UserPoolClientId", "MachineClientId", "SeedsOf"}
    assert own | {"ProvisionerRoleName", "DemoUserRoleName"} == given.keys()
    assert resource(PLATFORM)["Properties"]["Parameters"].keys() >= given.keys()


def test_what_the_tenant_imports_the_root_exports_while_it_has_a_platform() -> None:
    imported = set(
        re.findall(
            r"ImportValue: \{ Fn::Sub: \"\$\{RootStackName\}-([\w-]+)\" \}",
            TEMPLATE.read_text("utf-8"),
        )
    )
    outputs = [one for one in template()["Outputs"].values() if "Export" in one]
    exported = {
        one["Export"]["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}-") for one in outputs
    }
    assert imported == exported
    assert {one["Condition"] for one in outputs} == {"HasPlatform"}
    assert template()["Outputs"][BUCKET]["Value"] == {"Ref": "ArtifactsBucket"}


def test_the_roots_functions_may_take_the_roles_that_are_there_and_no_others() -> None:
    may = {one["Sid"]: one for one in statements() if one["Action"] == "sts:AssumeRole"}
    roles = {
        name: one["Properties"]["RoleName"]["Fn::Sub"].removeprefix("${AWS::StackName}")
        for name, one in RESOURCES.items()
        if one["Type"] == "AWS::IAM::Role"
    }
    assert roles == {"ProvisionerRole": "-provisioner", "UsersRole": "-users"}
    assert {sid: one["Resource"]["Fn::Sub"].rpartition("/")[2] for sid, one in may.items()} == {
        "ProvisionForTenants": "${AWS::StackName}-tenant-*-provisioner",
        "MakeTheUsersOfTenants": "${AWS::StackName}-tenant-*-users",
    }


def test_the_makers_of_users_have_the_same_rights_on_their_pools() -> None:
    (policy,) = RESOURCES["UsersRole"]["Properties"]["Policies"]
    (tenants,) = policy["PolicyDocument"]["Statement"]
    roots = next(one for one in statements() if one["Sid"] == "MakeAndRemoveUsers")
    assert tenants["Action"] == roots["Action"]
    assert tenants["Resource"] == {"Fn::GetAtt": ["UserPool", "Arn"]}


def test_archives_are_kept_with_the_same_rights_in_folders_of_the_tenants_own() -> None:
    (policy,) = RESOURCES["ProvisionerRole"]["Properties"]["Policies"]
    kept, common, documents, found = policy["PolicyDocument"]["Statement"]
    roots = {one["Sid"]: one["Action"] for one in statements()}
    assert kept["Action"] == roots["KeepArchives"]
    assert found["Action"] == roots["FindArchives"]
    assert kept["Resource"]["Fn::Sub"][0].endswith(":s3:::${Bucket}/${Name}_*")
    assert common["Action"] == ["s3:GetObject", "s3:DeleteObject"]
    pattern = common["Resource"]["Fn::Sub"][0].rpartition("${Bucket}/")[2]
    assert fnmatch(f"{'0' * 64}.zip", pattern)
    assert not fnmatch(f"petstore_faq/{'0' * 64}.zip", pattern)
    (place, _) = documents["Resource"]["Fn::Sub"]
    assert place.endswith(f":s3:::${{Bucket}}/{FOLDER}/${{AWS::StackName}}-platform-*")
