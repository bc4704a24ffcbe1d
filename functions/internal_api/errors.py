"""Why the internal API refuses.

InternalApiError
├── ServiceNotFound    no service has this name
├── IncidentNotFound   no incident has this id
└── RunbookNotFound    no runbook has this id
"""


class InternalApiError(Exception):
    """What is asked for is not there. `code` is stable; the message is not."""

    code = "internal_api_error"


class ServiceNotFound(InternalApiError):
    """There is no service of this name."""

    code = "service_not_found"


class IncidentNotFound(InternalApiError):
    """There is no incident of this id."""

    code = "incident_not_found"


class RunbookNotFound(InternalApiError):
    """There is no runbook of this id."""

    code = "runbook_not_found"
