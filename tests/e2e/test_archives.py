"""What the provisioner builds on in the rest of the cloud: versions' archives, buckets, TLS."""

import base64
import hashlib
import io
import json
import urllib.request
import zipfile
from collections.abc import Iterator

import pytest
from botocore.exceptions import WaiterError

from tests.support.laptop import Laptop

pytestmark = pytest.mark.laptop

NAME = "versioned"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
BUCKET_TEMPLATE = json.dumps(
    {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept"}}}}
)


def archive(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("app.py", text)
    return content.getvalue()


@pytest.fixture
def versions(laptop: Laptop) -> Iterator[dict[str, bytes]]:
    """The archives of two published versions, by version."""
    functions, iam = laptop.client("lambda"), laptop.client("iam")
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    first, second = archive("one = 1\n"), archive("two = 2\n")
    functions.create_function(
        FunctionName=NAME,
        Runtime="python3.12",
        Handler="app.handler",
        Role=role,
        Code={"ZipFile": first},
        Publish=True,
    )
    functions.update_function_code(FunctionName=NAME, ZipFile=second, Publish=True)
    yield {"1": first, "2": second}
    functions.delete_function(FunctionName=NAME)
    iam.delete_role(RoleName=NAME)


@pytest.mark.fidelity("engine.function-archives")
def test_a_version_s_archive_is_its_own_whatever_is_published_later(
    laptop: Laptop, versions: dict[str, bytes]
) -> None:
    for version, expected in versions.items():
        found = laptop.client("lambda").get_function(FunctionName=NAME, Qualifier=version)
        url = found["Code"]["Location"]
        assert url.startswith("https://")
        context = laptop.ssl_context()
        with urllib.request.urlopen(url, context=context, timeout=10) as response:  # noqa: S310
            content = response.read()
        assert content == expected
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert found["Configuration"]["CodeSha256"] == digest


@pytest.mark.fidelity("engine.bucket-not-empty")
def test_a_stack_s_bucket_goes_only_when_it_is_empty(laptop: Laptop) -> None:
    stacks, objects = laptop.client("cloudformation"), laptop.client("s3")
    stacks.create_stack(StackName="bucket", TemplateBody=BUCKET_TEMPLATE)
    stacks.get_waiter("stack_create_complete").wait(
        StackName="bucket", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    objects.put_object(Bucket="kept", Key="something", Body=b"")
    deleted = stacks.get_waiter("stack_delete_complete")
    stacks.delete_stack(StackName="bucket")
    with pytest.raises(WaiterError, match="DELETE_FAILED"):
        deleted.wait(StackName="bucket", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    objects.delete_object(Bucket="kept", Key="something")
    stacks.delete_stack(StackName="bucket")
    deleted.wait(StackName="bucket", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert "kept" not in [bucket["Name"] for bucket in objects.list_buckets()["Buckets"]]
