"""The MCP requests that gateways are loaded with, and a look at what they answer."""

import json
import ssl
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.load import Job, post

PET = "pet-1"
TIMEOUT_S = 30.0

PROTOCOL_VERSION = "2025-06-18"
"""The newest one that every system here speaks."""

TOOLS = ("GetPetById", "ListPets")


class NotComparable(Exception):
    """A gateway does not do what it is measured at."""


@dataclass(frozen=True)
class Endpoint:
    """One gateway's MCP endpoint. `prefix` is in front of its tools' names."""

    url: str
    prefix: str
    token: str = field(repr=False)
    tls: ssl.SSLContext | None = None

    def jobs(self) -> dict[str, Job]:
        """Return the job of each operation, its answer having been looked at.

        Raises:
            NotComparable: an answer is not the right one.
        """
        listing, call = _request("tools/list"), self._call("GetPetById", petId=PET)
        jobs = {"tools/list": self._job(listing), "tools/call": self._job(call)}
        tools = json.loads(jobs["tools/list"].answer)["result"]["tools"]
        if {tool["name"] for tool in tools} != {f"{self.prefix}{name}" for name in TOOLS}:
            raise NotComparable(f"{self.url} lists other tools")
        result = json.loads(jobs["tools/call"].answer)["result"]
        if result["isError"] or json.loads(result["content"][0]["text"])["petId"] != PET:
            raise NotComparable(f"{self.url} gets another pet")
        return jobs

    def expect_token_checked(self) -> None:
        """Raise NotComparable if a token that is forged gets in."""
        head, _, signature = self.token.rpartition(".")
        forged = f"{head}.{signature[::-1]}"
        with httpx.Client(verify=self.tls or False, trust_env=False) as http:
            answer = self._send(http, _request("tools/list"), forged)
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            raise NotComparable(f"{self.url} lets forged tokens in")

    def checks_arguments(self) -> bool:
        """Tell whether an argument of the wrong type, which the API ignores, is refused."""
        with httpx.Client(verify=self.tls or False, trust_env=False) as http:
            answer = self._send(http, self._call("ListPets", pageSize="many"), self.token)
        return bool(answer.json()["result"]["isError"])

    def _job(self, body: bytes) -> Job:
        with httpx.Client(verify=self.tls or False, trust_env=False) as http:
            answer = self._send(http, body, self.token)
        request = post(self.url, self._headers(self.token), body)
        return Job(self.url, request, answer.raise_for_status().content, self.tls)

    def _call(self, tool: str, **arguments: str) -> bytes:
        return _request("tools/call", name=f"{self.prefix}{tool}", arguments=arguments)

    def _send(self, http: httpx.Client, body: bytes, token: str) -> httpx.Response:
        headers = self._headers(token)
        return http.post(self.url, headers=headers, content=body, timeout=TIMEOUT_S)

    def _headers(self, token: str) -> dict[str, str]:
        return {
            "authorization": f"Bearer {token}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "mcp-protocol-version": PROTOCOL_VERSION,
        }


def _request(method: str, **params: Any) -> bytes:  # noqa: ANN401 - JSON
    message = {"jsonrpc": "2.0", "id": 1, "method": method}
    return json.dumps({**message, "params": params} if params else message).encode()
