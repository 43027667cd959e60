"""Packages that only some settings need, and that are not installed without being asked for."""

import importlib.util

from config import env


def need(variable: str, extra: str, *modules: str) -> None:
    """Fail at the start, and say how to mend it, where a variable is set whose extra is not installed."""
    missing = [name for name in modules if not _is_there(name)]
    if missing:
        raise env.EnvironmentProblem(
            f"{variable} is set, but {' and '.join(missing)} cannot be imported: install crane-ledger[{extra}]."
        )


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False
