"""AgentCore's own refusals: one class per reason, with AWS's code and HTTP status.

AgentCoreError
├── ValidationFailed       ValidationException               400
├── QuotaExceeded          ServiceQuotaExceededException     402
├── Unauthorized           UnauthorizedException             401
├── AccessRefused          AccessDeniedException             403
├── ResourceNotFound       ResourceNotFoundException         404
├── UnknownOperation       UnknownOperationException         404
├── Conflict               ConflictException                 409
├── RetryableConflict      RetryableConflictException        409
├── BodyTooLarge           RequestEntityTooLargeException    413
├── AgentFailed            RuntimeClientError                424
├── Throttled              ThrottlingException               429
├── InternalFailure        InternalServerException           500
└── NotServed              NotImplementedException           501

Sources: botocore `bedrock-agentcore-control` and `bedrock-agentcore`, shapes named as the codes.
413 and 501 are ours: the models have no such errors.
"""

from dataclasses import dataclass

from localcloud.agentcore.model import JsonObject


class AgentCoreError(Exception):
    """A refusal by AgentCore. `code` is the error type a client sees."""

    code = "InternalServerException"
    status = 500

    def headers(self) -> dict[str, str]:
        """Return headers the refusal has beside those of all."""
        return {}

    def body(self) -> JsonObject:
        """Return the members of the error body."""
        return {"message": str(self)}


@dataclass(frozen=True)
class FieldProblem:
    """One member of a request that breaks a rule. `name` is its path, such as `tags.key`."""

    name: str
    message: str
    shown: str = "Value"

    def sentence(self) -> str:
        """Say the problem the way AWS's validators do."""
        return f"{self.shown} at '{self.name}' failed to satisfy constraint: {self.message}"


class ValidationFailed(AgentCoreError):
    """The request breaks a rule of the model or of the service."""

    code = "ValidationException"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        reason: str = "FieldValidationFailed",
        fields: tuple[FieldProblem, ...] = (),
    ) -> None:
        """Take the message, one of `ValidationExceptionReason`, and the members concerned."""
        super().__init__(message)
        self.reason = reason
        self.fields = fields

    @classmethod
    def of_fields(cls, problems: tuple[FieldProblem, ...]) -> "ValidationFailed":
        """Return the refusal for members that break the model.

        The sentence is the service's own, as seen in `1 validation error detected: Value 'x' at
        'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ...`
        (aws-cloudformation/cloudformation-coverage-roadmap issue 2456).
        """
        noun = "error" if len(problems) == 1 else "errors"
        sentences = "; ".join(problem.sentence() for problem in problems)
        message = f"{len(problems)} validation {noun} detected: {sentences}"
        return cls(message, fields=problems)

    @classmethod
    def of_field(cls, name: str, message: str) -> "ValidationFailed":
        """Return the refusal for one member that breaks a rule beyond the model."""
        return cls(message, fields=(FieldProblem(name, message),))

    def body(self) -> JsonObject:
        """Return message and reason, and the members concerned if there are any."""
        body: JsonObject = {"message": str(self), "reason": self.reason}
        if self.fields:
            body["fieldList"] = [{"name": p.name, "message": p.message} for p in self.fields]
        return body


class Unauthorized(AgentCoreError):
    """There is no token, or not the right one. `challenge` is what WWW-Authenticate says."""

    code = "UnauthorizedException"
    status = 401

    def __init__(self, message: str, challenge: str) -> None:
        """Take the message and the challenge."""
        super().__init__(message)
        self._challenge = challenge

    def headers(self) -> dict[str, str]:
        """Return the challenge."""
        return {"www-authenticate": self._challenge}


class QuotaExceeded(AgentCoreError):
    """The account has as many of these as it may have."""

    code = "ServiceQuotaExceededException"
    status = 402


class AccessRefused(AgentCoreError):
    """The service refuses although no policy was asked."""

    code = "AccessDeniedException"
    status = 403


class ResourceNotFound(AgentCoreError):
    """No resource has this identifier."""

    code = "ResourceNotFoundException"
    status = 404


class UnknownOperation(AgentCoreError):
    """No operation of AgentCore has this method and path."""

    code = "UnknownOperationException"
    status = 404


class Conflict(AgentCoreError):
    """The name is taken, or the resource is being changed already."""

    code = "ConflictException"
    status = 409


class RetryableConflict(AgentCoreError):
    """The session is just being started or stopped."""

    code = "RetryableConflictException"
    status = 409


class AgentFailed(AgentCoreError):
    """The agent's program answered with an error, or not at all."""

    code = "RuntimeClientError"
    status = 424


class BodyTooLarge(AgentCoreError):
    """The request body is larger than the service reads."""

    code = "RequestEntityTooLargeException"
    status = 413


class Throttled(AgentCoreError):
    """Too many operations at once."""

    code = "ThrottlingException"
    status = 429


class InternalFailure(AgentCoreError):
    """A bug of ours: the details are in the log."""


class NotServed(AgentCoreError):
    """AgentCore has this operation; the laptop cloud does not."""

    code = "NotImplementedException"
    status = 501
