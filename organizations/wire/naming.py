"""The names of operations, as the reference, its clients and drafts have them."""

VERBS = {"GET": "retrieve", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


def is_variable(step: str) -> bool:
    """Whether a step of an address stands for an id: ``{account_id}``."""
    return step.startswith("{")


def steps_below_organization(path: str) -> list[str]:
    """The path without the organization it is within, which is nearly every path's beginning."""
    steps = [step for step in path.split("/") if step]
    return steps[2:] if len(steps) > 2 and steps[0] == "organizations" and is_variable(steps[1]) else steps


def operation_name(path: str, method: str, *, is_list: bool) -> str:
    """``transactions_list``, ``transactions_create``; an action on one thing by its name: ``transactions_post``."""
    steps = steps_below_organization(path)
    words = [step.replace("-", "_") for step in steps if not is_variable(step)] or ["root"]
    is_action = method == "POST" and len(steps) > 1 and is_variable(steps[-2])
    if is_action:
        return "_".join(words)
    return "_".join([*words, "list" if method == "GET" and is_list else VERBS[method]])
