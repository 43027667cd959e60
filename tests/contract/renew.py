"""Write the snapshot of the API's description anew: `make schema`. Look at the difference before committing it."""

import json
import os
from pathlib import Path

SNAPSHOT = Path(__file__).parent / "openapi.json"


def described() -> str:
    """The description as it is served now, one key a line, in a stable order."""
    from organizations.wire.docs import openapi_json

    return json.dumps(json.loads(openapi_json()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    import django

    os.environ.setdefault("CRANE_ENV", "local")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    SNAPSHOT.write_text(described(), encoding="utf-8")
    print(f"Wrote {SNAPSHOT}.")


if __name__ == "__main__":
    main()
