"""The adapter: everything this project knows of MiniStack's inside. Written against 1.5.

Import it only after `environment.prepare`: MiniStack reads its environment when imported.
"""

import ministack.app as ministack_app

from localcloud.engine.layers import Layers
from localcloud.engine.ministack import functions, resources, rest_apis
from localcloud.engine.paths import with_encoded_paths

app = with_encoded_paths(functions.with_client_context(ministack_app.app))


def install(region: str, layers: Layers) -> None:
    """Close the gaps between MiniStack and AWS that the project has met.

    Raises:
        LookupError: an inside this adapter relies on is no longer there.
    """
    resources.install()
    rest_apis.install(region)
    functions.install(layers)
