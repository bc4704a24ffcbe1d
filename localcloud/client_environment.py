"""`.local/env`: what a shell sources so that every AWS client speaks to the laptop cloud."""

import shlex
import sys
from pathlib import Path

from localcloud.engine.environment import ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY
from localcloud.settings import Settings

CLEARED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")


def network_variables(settings: Settings) -> dict[str, str]:
    """Return what leads a program to this cloud: its proxy, and authorities it may trust."""
    bundle = str(settings.ca_bundle)
    return {
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTPS_PROXY": settings.proxy_url,
        "https_proxy": settings.proxy_url,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "SSL_CERT_FILE": bundle,
        "AWS_CA_BUNDLE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
    }


def client_variables(settings: Settings) -> dict[str, str]:
    """Return the environment of a client: keys, region, proxy and certificate authorities."""
    bundle = str(settings.ca_bundle)
    return {
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        **network_variables(settings),
        "PIP_CERT": bundle,
        "NODE_EXTRA_CA_CERTS": str(settings.ca_file),
        "NODE_USE_ENV_PROXY": "1",  # Node 24 and later
        "SAM_CLI_POLL_DELAY": "1",  # seconds; there is no service to spare
        "SAM_CLI_TELEMETRY": "0",
    }


def write_environment(settings: Settings) -> None:
    """Write the file, readable by its owner alone."""
    lines = [f"unset {' '.join(CLEARED)}"]
    lines += [f"export {k}={shlex.quote(v)}" for k, v in client_variables(settings).items()]
    tools = [str(Path(sys.prefix) / "bin"), str(settings.home / "sam" / "bin")]
    lines.append(f"export PATH={shlex.quote(':'.join(tools))}:$PATH")
    settings.env_file.touch(mode=0o600)
    settings.env_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
