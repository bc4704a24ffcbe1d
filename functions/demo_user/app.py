"""`Custom::DemoUser`: a user with the password that Secrets Manager generated.

Properties: `UserPoolId`, `Username`, `SecretArn` of a secret `{"username", "password"}`, where one
without a name is for several users, and perhaps `Attributes`, a map such as `custom:role`. The
password goes from the secret to Cognito and nowhere else: into no log, no answer, no property.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from custom_resources.direct import Direct

logger = Logger(service="demo-user")


@cache
def resource() -> "Direct":
    """Return the resource, made on the first event: crhelper and boto3 are slow to import."""
    from custom_resources.direct import Direct  # noqa: PLC0415  # the reason is above
    from demo_user import service  # noqa: PLC0415  # the reason is above

    return Direct(name=service.name, put=service.put, remove=service.remove)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """Enter from CloudFormation."""
    outcome = resource().serve(event, context)
    logger.info("served", extra={"request_type": event["RequestType"], **outcome})
    return outcome
