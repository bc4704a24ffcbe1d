"""How MiniStack is configured: it reads the environment once, when it is first imported."""

from collections.abc import MutableMapping

from localcloud.settings import LOOPBACK, Settings

ROOT_ACCESS_KEY_ID = "test"
"""MiniStack's root caller: its signature is not verified and no policy binds it."""
ROOT_SECRET_ACCESS_KEY = "test"  # noqa: S105  # a name everybody knows; it opens a laptop's loopback

KEPT = frozenset({"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "TZ"})
KEPT_PREFIXES = ("LC_", "LD_LIBRARY_", "DYLD_")
"""What the engine, and so its functions, keep of the shell the cloud was started from. All else is
for that shell: keys and tokens, proxies, AWS_SAM_LOCAL, with which crhelper answers nobody."""


def engine_environment(settings: Settings, certificate: str, key: str) -> dict[str, str]:
    """Return the variables MiniStack and the Lambda workers it starts need."""
    bundle = str(settings.ca_bundle)
    state = settings.home / "state"
    return {
        "AUTH": "true",  # SigV4 and IAM policies are really checked
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(settings.port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": settings.region,
        "MINISTACK_ACCOUNT_ID": settings.account_id,
        "AWS_DEFAULT_REGION": settings.region,
        "USE_SSL": "1",  # crhelper answers CloudFormation by HTTPS, whatever the URL says
        "MINISTACK_SSL_CERT": certificate,
        "MINISTACK_SSL_KEY": key,
        "SSL_CERT_FILE": bundle,
        "AWS_CA_BUNDLE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "PERSIST_STATE": "0",  # the checkpoint does it (checkpoint.py)
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(settings.home / "tmp"),
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",  # a trigger that fails is no token, as on AWS
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # A function's environment on AWS has no proxy and no X-Ray daemon to wait for.
        "AWS_XRAY_SDK_ENABLED": "false",
    }


def prepare(environ: MutableMapping[str, str], settings: Settings, cert: str, key: str) -> None:
    """Set MiniStack's variables in `environ` and take away what is the shell's own."""
    for name in list(environ):
        if name not in KEPT and not name.startswith(KEPT_PREFIXES):
            del environ[name]
    environ.update(engine_environment(settings, cert, key))
