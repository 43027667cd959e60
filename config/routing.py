"""Which connection migrates."""


class OwnerMigrates:
    """Tables are made and changed over the connection `owner`; the application's own role may not, and never tries.

    `manage.py migrate --database owner` is therefore the one way to migrate. Reads and writes are never routed.
    """

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        """True on `owner` alone."""
        return db == "owner"
