"""Backups of the whole installation, and their restoration: the database, and the files on transactions."""
