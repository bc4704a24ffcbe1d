"""Which program runs an agent's code.

Source: botocore `AgentManagedRuntimeType`.
"""

import shutil
import sys
from typing import Final

from localcloud.agentcore.runtime.errors import BadCode

PREFIX: Final = "PYTHON_"


def interpreter(runtime: str) -> str:
    """Return the path of the interpreter for a managed runtime, such as `PYTHON_3_12`.

    It is one without a virtual environment: an agent has the libraries of its archive and no more.

    Raises:
        BadCode: this machine has none.
    """
    if not runtime.startswith(PREFIX):
        raise BadCode(f"This laptop cloud runs agents in Python, not {runtime}.")
    wanted = runtime.removeprefix(PREFIX).replace("_", ".")
    if wanted == f"{sys.version_info.major}.{sys.version_info.minor}":
        return str(getattr(sys, "_base_executable", sys.executable))
    found = shutil.which(f"python{wanted}")
    if found is None:
        raise BadCode(f"This machine has no Python {wanted}, which {runtime} asks for.")
    return found
