"""The commands: each prints what it did and returns an exit code."""

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TextIO

from tenants.errors import RootUnusable, TenancyError
from tenants.registry import Begun, Registry

type Command = Callable[[Registry, Namespace, TextIO], int]


def add(registry: Registry, asked: Namespace, out: TextIO) -> int:
    """Make tenants, at the same time, or bring them up to the root stack."""
    root = registry.root()
    trouble = Trouble(out)
    begun = _begin(trouble, asked.names, partial(registry.add, root), out, "up to date")
    for one in begun:
        if trouble.watch(one.tenant, partial(registry.finish, one)):
            _say(out, f"{one.tenant}: {one.stack} is {one.change}d")
            url = registry.tenant(one.tenant).outputs.get("PlatformGatewayUrl", "")
            _say(out, f"{one.tenant}: {url}")
    return trouble.exit_code


def list_all(registry: Registry, _: Namespace, out: TextIO) -> int:
    """Name all tenants, and say which are behind the root stack."""
    root, otherwise = None, "current"
    try:
        root = registry.root()
    except RootUnusable as error:  # it may be at work: its tenants are there all the same
        otherwise = str(error)
    for one in registry.tenants():
        behind = root is not None and registry.is_behind(root, one)
        _say(out, f"{one.name}\t{one.status}\t{'behind the root' if behind else otherwise}")
    return 0


def show(registry: Registry, asked: Namespace, out: TextIO) -> int:
    """Show the outputs of a tenant's stack; none of them is a secret."""
    tenant = registry.tenant(asked.name)
    if asked.json:
        said = {"tenant": tenant.name, "stack": tenant.stack, "status": tenant.status}
        _say(out, json.dumps({**said, "outputs": tenant.outputs}, indent=2))
        return 0
    for key, value in sorted(tenant.outputs.items()):
        _say(out, f"{key}\t{value}")
    return 0


def remove(registry: Registry, asked: Namespace, out: TextIO) -> int:
    """Remove tenants, at the same time, and see that nothing of them is left."""
    names = [one.name for one in registry.tenants()] if asked.all else asked.names
    trouble = Trouble(out)
    begun = _begin(trouble, names, registry.remove, out, "is not there")
    gone = [one.tenant for one in begun if trouble.watch(one.tenant, partial(registry.finish, one))]
    for name in (name for name in names if name in gone or name not in trouble.names):
        if trouble.watch(name, partial(registry.check_gone, name)) and name in gone:
            _say(out, f"{name}: removed, and nothing of it is left")
    return trouble.exit_code


class Trouble:
    """What went wrong with some tenants, while others went on."""

    def __init__(self, out: TextIO) -> None:
        """Take where to say it."""
        self._out = out
        self.exit_code = 0
        self.names: set[str] = set()

    def watch(self, name: str, work: Callable[[], object]) -> bool:
        """Do something for a tenant; return whether it went well."""
        try:
            work()
        except TenancyError as error:
            print(f"{name}: {error.code}: {error}", file=self._out)
            self.exit_code = self.exit_code or error.exit_code
            self.names.add(name)
            return False
        return True


def _begin(
    trouble: Trouble,
    names: Sequence[str],
    change: Callable[[str], Begun | None],
    out: TextIO,
    otherwise: str,
) -> list[Begun]:
    begun: list[Begun] = []

    def begin(name: str) -> None:
        one = change(name)
        if one is None:
            _say(out, f"{name}: {otherwise}")
        else:
            begun.append(one)

    for name in dict.fromkeys(names):
        trouble.watch(name, partial(begin, name))
    return begun


def _say(out: TextIO, line: str) -> None:
    print(line, file=out, flush=True)


COMMANDS: Final[dict[str, Command]] = {
    "add": add,
    "list": list_all,
    "show": show,
    "remove": remove,
}
