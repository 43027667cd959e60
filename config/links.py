"""How the application reaches PostgreSQL: with limits of time, and with an eye on the other end."""

from config import env

#: In libpq's words: a server that is out of reach is noticed within ten seconds.
_OUR_END = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def limits(*, lock_seconds: int, statement_seconds: int) -> dict[str, str | int]:
    """The settings of each session.

    Who vanished with its network holds its locks no longer than the last of them say: by default that is two hours.
    """
    return {
        "lock_timeout": f"{lock_seconds}s",
        "statement_timeout": f"{statement_seconds}s",
        "idle_in_transaction_session_timeout": "60s",
        "tcp_keepalives_idle": 5,
        "tcp_keepalives_interval": 2,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "client_connection_check_interval": "5s",
    }


def application(address: str, *, pgbouncer: bool, pool: int, limits: dict[str, str | int]) -> dict:
    """The application's connection: pooled within a process (opened at first use, so after the fork), with time limits.

    A pgbouncer takes no start-up options and no pool in front of its own; there the limits belong to the role.
    """
    connection = env.database(address)
    connection["CONN_MAX_AGE"] = 0
    connection["OPTIONS"] = _OUR_END | connection["OPTIONS"]
    if pgbouncer:
        return connection | {"DISABLE_SERVER_SIDE_CURSORS": True}
    connection["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in limits.items())
    if pool:
        # After a failure it waits twice as long for each next try, but begins anew after so many seconds.
        connection["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10, "reconnect_timeout": 5}
    return connection


def replica(address: str, **as_above) -> dict:
    """The replica's: given up sooner than the primary's, which answers instead."""
    connection = application(address, **as_above)
    connection["OPTIONS"]["connect_timeout"] = 2
    if "pool" in connection["OPTIONS"]:
        connection["OPTIONS"]["pool"]["timeout"] = 2
    return connection
