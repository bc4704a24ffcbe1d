"""`Custom::CrmSeeds`: the customers that a new CRM starts with.

Properties: `TableName`, and `Customers` and `Opportunities`, lists of objects like the records of
`crm_tools.crm`; with `Tenant`, those of that tenant's are put and no others. A seed is put only
where none of its id is, so that an update overwrites nobody's changes. Deleting does nothing: the
table goes, customers and all.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from custom_resources.direct import Direct

logger = Logger(service="crm-seeds")


@cache
def resource() -> "Direct":
    """Return the resource, made on the first event: crhelper and boto3 are slow to import."""
    from crm_seeds import service  # noqa: PLC0415  # the reason is above
    from custom_resources.direct import Direct  # noqa: PLC0415  # the reason is above

    return Direct(name=service.name, put=service.put, remove=service.keep)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """Enter from CloudFormation."""
    outcome = resource().serve(event, context)
    logger.info("served", extra={"request_type": event["RequestType"], **outcome})
    return outcome
