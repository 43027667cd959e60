"""Wiring: settings, addresses, the servers of a local run. Imported by nobody but `manage.py` and the tests."""
