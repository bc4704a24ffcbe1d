"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cloud",
        choices=("laptop", "aws"),
        default="laptop",
        help="what end-to-end tests run against: a laptop cloud they start, or the AWS account "
        "and region of the environment, with the stack named by STACK_NAME deployed",
    )
