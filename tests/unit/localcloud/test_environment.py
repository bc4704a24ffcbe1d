import subprocess
from pathlib import Path

from localcloud.client_environment import client_variables, write_environment
from localcloud.engine.environment import engine_environment, prepare
from localcloud.settings import Settings


def test_a_shell_that_sources_the_file_has_the_clients_variables(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a home")
    settings.home.mkdir()
    write_environment(settings)

    script = f'AWS_PROFILE=other; . "{settings.env_file}"; env'
    printed = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True
    ).stdout

    for name, value in client_variables(settings).items():
        assert f"{name}={value}\n" in printed
    assert "AWS_PROFILE" not in printed


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    write_environment(settings)

    assert settings.env_file.stat().st_mode & 0o077 == 0


def test_the_engine_listens_on_loopback_and_checks_signatures(tmp_path: Path) -> None:
    environment = engine_environment(Settings(tmp_path), "cert.pem", "key.pem")

    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["AUTH"] == "true"


def test_what_is_the_shell_s_own_does_not_reach_the_engine_or_its_functions(
    tmp_path: Path,
) -> None:
    own = {"AWS_PROFILE", "HTTPS_PROXY", "AWS_SAM_LOCAL", "GITHUB_TOKEN", "PYTHONPATH"}
    environ = dict.fromkeys(own, "mine") | {"PATH": "/bin", "LC_ALL": "C"}

    prepare(environ, Settings(tmp_path), "cert.pem", "key.pem")

    assert not own & set(environ)
    assert (environ["PATH"], environ["LC_ALL"]) == ("/bin", "C")
