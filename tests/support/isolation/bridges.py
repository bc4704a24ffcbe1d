"""The bridges of several gateways: the real functions, each gateway's on tables of its own."""

import json
from base64 import b64decode
from collections.abc import Iterable
from types import SimpleNamespace
from urllib.parse import unquote

from aws_lambda_powertools import Logger

import comms_tools.tools
import crm_tools.tools
import ticketing_tools.tools
from bridges.errors import BridgeError
from bridges.serve import serve
from bridges.toolbox import Toolbox
from comms_tools.store import MessageTable
from crm_tools.crm import Customer
from crm_tools.store import CrmTable
from localcloud.cloud import Response
from tests.support.bridges import GatewayContext, create_table
from tests.support.fake_cloud import ACCOUNT_ID, Sent
from ticketing_tools.store import TicketTable

FUNCTIONS = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function"


def function_arn(owner: str, target: str) -> str:
    """Return the function of a gateway's target."""
    return f"{FUNCTIONS}:{owner}--{target}"


class Bridges:
    """Functions that Lambda would run; `calls` counts how often. Needs moto."""

    def __init__(self, owners: Iterable[str]) -> None:
        """Make the tables of every gateway's owner."""
        self.calls = 0
        self._customers: dict[str, CrmTable] = {}
        self._boxes: dict[str, Toolbox] = {}
        self._logger = Logger(service="bridges", level="CRITICAL")
        for owner in owners:
            crm = self._customers[owner] = CrmTable(create_table("CrmTable", f"{owner}-crm"))
            tickets = TicketTable(create_table("TicketsTable", f"{owner}-tickets"))
            messages = MessageTable(create_table("MessagesTable", f"{owner}-messages"))
            self._boxes[function_arn(owner, "CRMTools")] = crm_tools.tools.toolbox(crm)
            self._boxes[function_arn(owner, "TicketingTools")] = ticketing_tools.tools.toolbox(
                tickets
            )
            self._boxes[function_arn(owner, "CommsTools")] = comms_tools.tools.toolbox(messages)

    def add_customer(self, owner: str, account_id: str, name: str) -> None:
        """Give an owner a customer."""
        email = f"{account_id.lower()}@{owner}.example"
        self._customers[owner].add_customer(Customer(account_id, name, email, owner))

    def answer(self, sent: Sent) -> Response:
        """Run the function that Lambda is asked for, and answer as Lambda does."""
        self.calls += 1
        arn = unquote(sent.url.rpartition("/functions/")[2].partition("/")[0])
        custom = json.loads(b64decode(sent.headers["x-amz-client-context"]))["custom"]
        context = GatewayContext(client_context=SimpleNamespace(custom=custom))
        event, box = json.loads(sent.content), self._boxes[arn]
        try:
            result = serve(event, context, toolbox=lambda: box, logger=self._logger)
        except BridgeError as error:
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return Response(
                200, {"x-amz-function-error": "Unhandled"}, json.dumps(failure).encode()
            )
        return Response(200, {}, json.dumps(result).encode())
