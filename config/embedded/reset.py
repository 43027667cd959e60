"""`make reset`: stop this checkout's servers and forget all its local data."""

import shutil
import sys
from pathlib import Path

from config.embedded import places, record, starting

ROOT = Path(__file__).resolve().parent.parent.parent


def reset(root: Path) -> None:
    """Remove `.local/` and what stands in for it outside."""
    local = record.local_dir(root)
    starting.stop_all(root)
    for folder in (local, places.outside(local), places.in_memory(local)):
        if folder.exists():
            shutil.rmtree(folder)
            print(f"Removed {folder}")


if __name__ == "__main__":
    try:
        reset(ROOT)
    except places.ServerProblem as problem:
        sys.exit(str(problem))
