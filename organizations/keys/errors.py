"""What the making of a key may be refused for, beside what ``organizations/errors.py`` has."""

from organizations.errors import Unprocessable


class ScopedKeyOnlyReads(Unprocessable):
    """A key for some accounts and contacts reads, and does nothing else."""

    code = "scoped_key_only_reads"
    message = "A key with a scope may read and nothing else"
