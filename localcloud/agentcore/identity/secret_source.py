"""Where the secret of a credential provider is, and how it is read.

A MANAGED secret is sealed in the cloud's own database, under the ARN it has in Secrets Manager on
AWS. An EXTERNAL one is the account's own secret in Secrets Manager, a member of a JSON object
(botocore `SecretReference`). Whether a caller may read either is asked of the caller's policies
before (`secretsmanager:GetSecretValue`): the reading itself is the service's.
"""

import json
from http import HTTPStatus

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.identity.model import Kind, Provider, SecretReference, Source
from localcloud.agentcore.identity.names import secret_arn
from localcloud.agentcore.identity.store import IdentityStore, Sealed
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Cloud, CloudError


class SecretSource:
    """Keeps and reads the secrets of providers."""

    def __init__(self, store: IdentityStore, cloud: Cloud) -> None:
        """Take where MANAGED secrets are kept, and the cloud that has the EXTERNAL ones."""
        self._store = store
        self._cloud = cloud

    def keep(self, kind: Kind, name: str, secret: str, suffix: str) -> SecretReference:
        """Seal a MANAGED secret; `suffix` ends its ARN."""
        arn = secret_arn(self._cloud, kind, name, suffix)
        self._store.put_sealed(Sealed.SECRET, arn, {"secret": secret}, provider=name)
        return SecretReference(arn, Source.MANAGED)

    def forget(self, reference: SecretReference) -> None:
        """Forget a secret. An EXTERNAL one is not ours, and stays."""
        self._store.forget_sealed(Sealed.SECRET, reference.arn)

    async def find(self, secret_id: str, json_key: str) -> SecretReference:
        """Return the reference to an EXTERNAL secret, by its name or its ARN.

        Raises:
            ValidationFailed: it does not exist, or has no such member.
        """
        arn = (await self._ask("DescribeSecret", secret_id)).get("ARN", secret_id)
        reference = SecretReference(str(arn), Source.EXTERNAL, json_key)
        await self._member(reference)
        return reference

    async def read(self, provider: Provider) -> str:
        """Return the secret of a provider.

        Raises:
            ValidationFailed: it is lost, or an EXTERNAL secret has no such member any more.
        """
        if provider.secret.source is Source.EXTERNAL:
            return await self._member(provider.secret)
        kept = self._store.sealed(Sealed.SECRET, provider.secret.arn, 0.0)
        if kept is None:
            raise ValidationFailed(f"The secret of credential provider {provider.name} is lost")
        return str(kept["secret"])

    async def _member(self, reference: SecretReference) -> str:
        answer = await self._ask("GetSecretValue", reference.arn)
        try:
            value = json.loads(answer["SecretString"])[reference.json_key]
        except (KeyError, TypeError, ValueError):
            value = None
        if not isinstance(value, str) or not value:
            # Without the cause: it would show the secret in a trace.
            raise ValidationFailed(
                f"Secret {reference.arn} has no text at key {reference.json_key}"
            ) from None
        return value

    async def _ask(self, operation: str, secret_id: str) -> JsonObject:
        try:
            answer = await self._cloud.send(
                "POST",
                f"https://secretsmanager.{self._cloud.region}.amazonaws.com/",
                headers={
                    "content-type": "application/x-amz-json-1.1",
                    "x-amz-target": f"secretsmanager.{operation}",
                },
                content=json.dumps({"SecretId": secret_id}).encode(),
                service="secretsmanager",
            )
        except CloudError as error:
            raise ValidationFailed(f"Secret {secret_id} cannot be read") from error
        if answer.status != HTTPStatus.OK:
            raise ValidationFailed(f"Secret {secret_id} cannot be read")
        content: JsonObject = json.loads(answer.body)
        return content
