"""What a run needs before it can serve: tables, static files, and the demonstration organization.

Run as a process of its own (`python -m config.prepare`), because the process that starts the servers' children should
not itself hold database connections.
"""

import fcntl
import os


def migrate() -> None:
    """Bring the schema up to date, as its owner."""
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=1, interactive=False)


def collect_static() -> None:
    """Gather, name by content and compress the static files; skipped while nothing has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    from config.embedded import record

    newest = {
        f"{storage.location}/{path}": os.stat(storage.path(path)).st_mtime_ns
        for finder in get_finders()
        for path, storage in finder.list([])
    }
    note = settings.STATIC_ROOT.with_suffix(".json")
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    settings.STATIC_ROOT.parent.mkdir(parents=True, exist_ok=True)
    # One at a time: the set-up of a run that was killed may still be at it.
    with settings.STATIC_ROOT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if manifest.is_file() and record.read(note) == newest:
            return
        print("Collecting static files ...", flush=True)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        record.write(note, newest)


def load_demo() -> None:
    """Fill `.local/demo.json` for the README's first lines and for whoever wants to try."""
    from django.conf import settings
    from django.core.management import call_command

    from config.embedded import record

    note = settings.LOCAL_DIR / "demo.json"
    call_command("load_demo", write=str(note))
    record.write(note, record.read(note) | {"base_url": os.environ["BASE_URL"]})


def main() -> None:
    """All of it, in order."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    migrate()
    collect_static()
    load_demo()


if __name__ == "__main__":
    main()
