"""One organization as a file: everything that is its own, to take along and to read into another installation.

manifest.json           the format, the state of the schema, SHA-256 and rows of each file, the trial balance,
                        and the newest checkpoint of the chain of seals
tables/<table>.jsonl    one row to a line, as PostgreSQL writes it as JSON
files/<path>            the files of attachments, under the paths that their rows name
"""
