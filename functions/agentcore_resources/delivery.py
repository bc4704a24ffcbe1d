"""Put an answer where CloudFormation waits for it.

crhelper's own delivery takes any status for success and retries for ever without a timeout. Ours
tries once, so that whoever runs us can retry, and says when the answer was not taken.
"""

import json
import ssl
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from agentcore_resources.errors import NotDelivered

TIMEOUT_S = 5.0


def put(url: str, answer: dict[str, Any]) -> None:
    """Send one answer.

    The URL is presigned: whoever has it can answer in our place, so no error names it.

    Raises:
        NotDelivered: no connection, or a status other than 2xx.
    """
    body = json.dumps(answer).encode()
    parts = urlsplit(url)
    # The presigned URL has an empty content type signed into it.
    headers = {"content-type": "", "content-length": str(len(body))}
    # SSL_CERT_FILE is honoured here as everywhere in Python.
    connection = HTTPSConnection(
        parts.netloc, timeout=TIMEOUT_S, context=ssl.create_default_context()
    )
    try:
        connection.request("PUT", f"{parts.path}?{parts.query}", body=body, headers=headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotDelivered(f"CloudFormation was not reached: {type(error).__name__}") from error
    finally:
        connection.close()
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotDelivered(f"CloudFormation refused the answer with status {status}")
