"""Moto in process, with the bridges' tables as the platform's template has them."""

import os
from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws

from bridges.table import Table
from tests.support.bridges import create_table

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

    return lambda logical_id: create_table(logical_id, logical_id)
