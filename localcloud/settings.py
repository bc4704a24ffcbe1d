"""Where one laptop cloud keeps its things and which ports it listens on."""

import socket
from dataclasses import dataclass, replace
from pathlib import Path

LOOPBACK = "127.0.0.1"
ACCOUNT_ID = "000000000000"
"""No account has this number: an ARN that carries it cannot be mistaken for a real one."""


@dataclass(frozen=True)
class Settings:
    """One laptop cloud. Everything it writes is under `home`."""

    home: Path
    port: int = 4566
    proxy_port: int = 4567
    region: str = "us-east-1"
    account_id: str = ACCOUNT_ID
    offline: bool = False
    """Refuse to connect to hosts other than AWS's, instead of passing them through."""
    memory_model: str = "offline"
    """What memories' strategies ask, as `assistant.models` names it: `offline` asks nobody."""

    @property
    def url(self) -> str:
        """Return the base URL that clients without a proxy use."""
        return f"https://{LOOPBACK}:{self.port}"

    @property
    def proxy_url(self) -> str:
        """Return the proxy's URL, for `HTTPS_PROXY`."""
        return f"http://{LOOPBACK}:{self.proxy_port}"

    @property
    def ca_file(self) -> Path:
        """Return the certificate of the cloud's own authority."""
        return self.home / "tls" / "ca.pem"

    @property
    def ca_bundle(self) -> Path:
        """Return the system's authorities and the cloud's own, for `SSL_CERT_FILE`."""
        return self.home / "tls" / "ca-bundle.pem"

    @property
    def database(self) -> Path:
        """Return the one file that holds the cloud's state."""
        return self.home / "state" / "cloud.sqlite"

    @property
    def token_vault_key(self) -> Path:
        """Return the key that secrets and tokens in the database are sealed with."""
        return self.home / "state" / "token-vault.key"

    @property
    def tool_shelf(self) -> Path:
        """Return the file that keeps what the sentence model read of gateways' tools."""
        return self.home / "cache" / "tools.sqlite"

    @property
    def env_file(self) -> Path:
        """Return what a shell sources to speak to this cloud."""
        return self.home / "env"

    @property
    def process_file(self) -> Path:
        """Return where the running cloud writes its process id and ports."""
        return self.home / "run" / "cloud.json"

    @property
    def log_file(self) -> Path:
        """Return the cloud's log."""
        return self.home / "run" / "cloud.log"

    def on_free_ports(self) -> "Settings":
        """Return these settings with each busy port replaced by a free one."""
        ports = [self.port if is_free(self.port) else free_port()]
        ports.append(self.proxy_port if is_free(self.proxy_port) else free_port())
        return replace(self, port=ports[0], proxy_port=ports[1])


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
