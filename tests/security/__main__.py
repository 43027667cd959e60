"""``make audit``: known faults of libraries, dangers in the code, and whether time tells of keys.

Each part says what it found. A part that could not ask (there is no network) says so, and is no success: the whole
ends well only where every part was done and found nothing.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("organizations", "ledger", "reconciliation", "reports", "config")


def main() -> int:
    """Run all parts; 0 where each of them found nothing."""
    parts = {"libraries": libraries, "code": code, "timing": timing}
    said = {name: part() for name, part in parts.items()}
    print()
    for name, sentence in said.items():
        print(f"{name}: {sentence or 'nothing found'}")
    return int(any(said.values()))


def libraries() -> str | None:
    """What pip-audit knows of the locked requirements."""
    command = ["pip_audit", "-r", "requirements.txt", "--require-hashes", "--disable-pip", "--format", "json"]
    done = _python(*command, "--progress-spinner", "off", capture=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return f"not asked: pip-audit cannot reach its database from here ({last[:200]})"
    unasked = [each["name"] for each in found if "skip_reason" in each]
    faults = [f"{each['name']} {each['version']}: {fault['id']}" for each in found for fault in each.get("vulns", ())]
    if unasked:
        faults.append(f"{len(unasked)} of {len(found)} not asked: the database has no answer for them from here")
    return "; ".join(faults) or None


def code() -> str | None:
    """What bandit finds; pyproject.toml says what it does not look for, and why."""
    done = _python("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *APPS)
    return None if done.returncode == 0 else "see above"


def timing() -> str | None:
    """Whether the time of a refusal tells how much of a key was right."""
    done = _python("pytest", "-q", "-s", "--no-header", "tests/security/timing.py")
    return None if done.returncode == 0 else "see above"


def _python(module: str, *arguments: str, capture: bool = False) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=capture, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
