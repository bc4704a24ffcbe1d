"""HTTP administration of `Faults`: `PUT`, `GET` and `DELETE` below wherever it is mounted.

    PUT    /<gateway name>  {"effect": "HOLD" | "FAIL", "times": 1, "reasons": ["..."]}  -> 204
    GET    /                {"ordered": {"<gateway name>": {...}}, "held": ["<gateway id>"]}
    DELETE /<gateway name>  -> 204

Not an AWS interface: serve it on loopback only.
"""

from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.agentcore.control.faults import Effect, Fault, Faults


class FaultOrder(BaseModel):
    """The body of a PUT."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    effect: Effect
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    reasons: tuple[str, ...] = ()

    def fault(self) -> Fault:
        """Return the fault that is ordered."""
        return Fault(self.effect, self.times, self.reasons)


def faults_app(faults: Faults) -> Starlette:
    """Return the ASGI app that administers `faults`."""

    async def show(_: Request) -> Response:
        ordered = {name: asdict(fault) for name, fault in faults.ordered().items()}
        return JSONResponse({"ordered": ordered, "held": list(faults.held())})

    async def order(request: Request) -> Response:
        try:
            wanted = FaultOrder.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"message": str(error)}, status_code=400)
        faults.order(request.path_params["gateway_name"], wanted.fault())
        return Response(status_code=204)

    async def lift(request: Request) -> Response:
        faults.lift(request.path_params["gateway_name"])
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", show, methods=["GET"]),
            Route("/{gateway_name}", order, methods=["PUT"]),
            Route("/{gateway_name}", lift, methods=["DELETE"]),
        ]
    )
