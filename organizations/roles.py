"""What a member may do, by role. Pure: the same form as an API key's permissions."""

#: Strongest first. Whatever a role does not name it may not do.
ROLES: dict[str, list | dict] = {
    "owner": ["read", "write", "delete", "approve"],
    "admin": {
        "*": ["read", "write", "delete", "approve"],
        "organizations": ["read", "write", "approve"],
        "deletion": ["read"],
    },
    "accountant": {
        "*": ["read", "write", "delete"],
        "organizations": ["read"],
        "members": ["read"],
        "api-keys": ["read"],
        "exports": [],
        "deletion": ["read"],
    },
    "viewer": {"*": ["read"], "api-keys": [], "exports": []},
}


def strongest(roles) -> str | None:
    """The strongest of the given roles, or None if there is none."""
    held = set(roles)
    return next((role for role in ROLES if role in held), None)
