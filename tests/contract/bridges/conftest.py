"""Moto in process, with the bridges' tables as the platform's template has them."""

import os
from collections.abc import Callable, Iterator

import boto3
import pytest
from moto import mock_aws

from bridges.table import Table
from tests.support.template import PLATFORM, resource

MEMORY, DYNAMODB = "memory", "dynamodb"
VARIABLES = {
    "CrmTable": "CRM_TABLE",
    "TicketsTable": "TICKETS_TABLE",
    "MessagesTable": "MESSAGES_TABLE",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that no call could reach an account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    for logical_id, variable in VARIABLES.items():
        monkeypatch.setenv(variable, logical_id)


@pytest.fixture
def aws() -> Iterator[None]:
    """Answer for AWS with moto, for the length of one test."""
    with mock_aws():
        yield


@pytest.fixture
def table(aws: None) -> Callable[[str], Table]:
    """Return what makes a table of the template, by its logical id, and opens it."""

    def make(logical_id: str) -> Table:
        properties = resource(logical_id, PLATFORM)["Properties"]
        same = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        boto3.client("dynamodb").create_table(
            TableName=logical_id,
            **{name: properties[name] for name in same if name in properties},
        )
        return Table.named(logical_id)

    return make
