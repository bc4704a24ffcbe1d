"""The adapter: everything this project knows of MiniStack's inside. Written against 1.5.

Import it only after `environment.prepare`: MiniStack reads its environment when imported.
"""

import os

import ministack.app as ministack_app

from localcloud.engine.layers import Layers
from localcloud.engine.ministack import (
    ahead,
    archives,
    executions,
    exports,
    functions,
    nested,
    people,
    proxying,
    resources,
    rest_apis,
    workers,
)
from localcloud.engine.ministack.environments import Environments
from localcloud.engine.paths import with_encoded_paths
from localcloud.engine.starts import Starts

app = with_encoded_paths(functions.with_client_context(ministack_app.app))


def install(region: str, layers: Layers) -> Environments:
    """Close the gaps between MiniStack and AWS that the project has met.

    Returns:
        The environments of functions that bring their own runtime, to be stopped in the end.

    Raises:
        LookupError: an inside this adapter relies on is no longer there.
    """
    resources.install()
    nested.install()
    ahead.install()
    exports.install()
    people.install()
    rest_apis.install(region)
    functions.install(layers)
    executions.install()
    archives.install()
    processors = os.cpu_count() or 1
    starts = Starts(at_once=max(1, processors // 2), enough=2 * processors)
    workers.install(starts)
    environments = Environments(layers, starts)
    proxying.install(environments)
    return environments
