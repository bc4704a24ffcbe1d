"""Moto in process, a table like the template's, and a place for CloudFormation's answers."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from pytest_httpserver import HTTPServer

from localcloud.certificates import Authority
from petstore import api
from petstore.store import PetTable
from tests.support.petstore import SEEDS
from tests.support.template import resource

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "pets"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that no call could reach an account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("PETS_TABLE", TABLE)


@pytest.fixture
def aws() -> Iterator[None]:
    """Answer for AWS with moto, for the length of one test."""
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None) -> "DynamoDBClient":
    """Return a client on an empty table as the template has it."""
    client = boto3.client("dynamodb")
    properties = resource("PetsTable")["Properties"]
    same = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    client.create_table(TableName=TABLE, **{name: properties[name] for name in same})
    return client


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Iterator[PetTable]:
    """Return the seeded table, which the API uses too."""
    pets = PetTable(dynamodb, TABLE)
    for pet in SEEDS:
        pets.add(pet)
    api.table.cache_clear()
    yield pets
    api.table.cache_clear()


@pytest.fixture(scope="session")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HTTPServer, Path]]:
    """Listen where custom resources answer: HTTPS, as crhelper will have it."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    now = datetime.now(UTC)
    authority.ensure(now=now, system_bundle=None)
    context = authority.context_for("localhost", now=now)
    with HTTPServer(host="localhost", ssl_context=context) as server:
        yield server, authority.certificate_file


@pytest.fixture
def cloudformation(
    listener: tuple[HTTPServer, Path], monkeypatch: pytest.MonkeyPatch
) -> HTTPServer:
    """Return the listener, with nothing expected yet, and trusted."""
    server, certificate_file = listener
    server.clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_file))
    return server
