"""PostgreSQL and Valkey of this checkout: real servers from wheels, started and stopped by us, data under `.local/`."""
