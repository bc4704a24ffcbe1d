"""The archives of function versions on their way to S3, over TLS and in pieces."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from provisioner.archives import CHUNK_BYTES, Archives
from provisioner.calls import Calls
from provisioner.errors import BadArchive, Denied
from tests.support.agent_planes import BUCKET, Versions, prefixes

VERSION = "arn:aws:lambda:us-east-1:123456789012:function:agent:1"


@pytest.fixture
def versions(aws_environment: None) -> Iterator[Versions]:
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield Versions()


def archives(versions: Versions) -> Archives:
    return Archives(Calls(versions), boto3.client("s3"), BUCKET, versions.fetch)


def content(key: str) -> bytes:
    found: bytes = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return found


def test_a_large_archive_arrives_whole_under_its_digest(versions: Versions) -> None:
    whole = bytes(range(256)) * (CHUNK_BYTES // 256) * 3 + b"the end"
    versions.archives[VERSION] = whole
    place = archives(versions).keep("faq", VERSION)
    assert place == {
        "bucket": BUCKET,
        "prefix": f"{hashlib.sha256(whole).hexdigest()}.zip",
    }
    assert place == archives(versions).place(VERSION)
    assert content(place["prefix"]) == whole


def test_what_is_there_is_not_fetched_again(versions: Versions) -> None:
    versions.archives[VERSION] = b"code"
    archives(versions).keep("faq", VERSION)
    archives(versions).keep("faq", VERSION)
    assert versions.fetched == [VERSION]


@pytest.mark.parametrize("size_bytes", [4, 2 * CHUNK_BYTES + 1])
def test_what_is_not_what_it_should_be_leaves_nothing(versions: Versions, size_bytes: int) -> None:
    versions.archives[VERSION] = bytes(size_bytes)
    versions.said_digest = base64.b64encode(bytes(32)).decode()
    with pytest.raises(BadArchive, match="another SHA-256"):
        archives(versions).keep("faq", VERSION)
    assert prefixes() == []
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket=BUCKET)


def test_runtimes_of_the_same_code_share_one_copy(versions: Versions) -> None:
    versions.archives[VERSION] = b"code"
    first = archives(versions).keep("faq", VERSION)
    assert archives(versions).keep("faq2", VERSION) == first
    assert versions.fetched == [VERSION]
    assert prefixes() == [first["prefix"]]


def test_a_copy_goes_with_the_last_runtime_that_uses_it(versions: Versions) -> None:
    versions.archives[VERSION] = b"code"
    kept = archives(versions)
    prefix = kept.keep("faq", VERSION)["prefix"]
    kept.keep("faq2", VERSION)
    kept.forget("faq")
    assert prefixes() == [prefix]
    kept.forget("faq2", but=frozenset({prefix}))
    assert prefixes() == [prefix]
    kept.forget("faq2")
    assert boto3.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_only_one_s_own_earlier_archives_are_forgotten(versions: Versions) -> None:
    client = boto3.client("s3")
    for key in ("faq/1.zip", "faq/2.zip", "faq2/3.zip", "1.zip", "2.zip", "3.zip"):
        client.put_object(Bucket=BUCKET, Key=key, Body=b"")
    archives(versions).forget("faq", but=frozenset({"2.zip"}))
    assert prefixes() == ["2.zip", "3.zip"]


def test_a_url_that_nobody_answers_is_not_named(versions: Versions) -> None:
    class Lambda:
        def get_function(self, **_: object) -> dict[str, Any]:
            configuration = {"CodeSha256": "AAAA", "CodeSize": 1}
            return {
                "Configuration": configuration,
                "Code": {"Location": "https://127.0.0.1:1/code?X-Amz-Signature=secret"},
            }

    with pytest.raises(BadArchive) as refusal:
        Archives(Calls(Lambda()), boto3.client("s3"), BUCKET).keep("faq", VERSION)
    assert str(refusal.value) == "Lambda's archive: ConnectionRefusedError"


def test_what_s3_denies_is_said_with_its_own_words(versions: Versions) -> None:
    versions.archives[VERSION] = b"code"
    objects = boto3.client("s3")

    def deny(**_: object) -> None:
        raise objects.exceptions.ClientError(
            {"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject"
        )

    objects.meta.events.register("before-call.s3.PutObject", deny)
    with pytest.raises(Denied, match="PutObject: AccessDenied: no"):
        Archives(Calls(versions), objects, BUCKET, versions.fetch).keep("faq", VERSION)
