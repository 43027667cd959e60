"""A newcomer pastes the README's lines into a shell, one block after the other, and sees what it promises.

A block marked ``sh`` is run; a ``json`` block after it is part of what it must print last.
"""

import json
import re
import subprocess
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARK = "--- end of block ---"


def blocks() -> list[tuple[str, list]]:
    """Each shell block with the JSON promised after it."""
    found: list[tuple[str, list]] = []
    for kind, text in re.findall(r"^```(sh|json)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        if kind == "sh":
            found.append((text, []))
        else:
            found[-1][1].append(json.loads(text))
    return found


def holds(promised, shown) -> bool:
    """Whether everything promised is in what is shown; objects may show more."""
    if isinstance(promised, dict):
        return isinstance(shown, dict) and all(
            name in shown and holds(promised[name], shown[name]) for name in promised
        )
    return promised == shown


def test_the_first_posting_works_as_pasted(http_server, tmp_path):
    (tmp_path / ".local").mkdir()
    note = tmp_path / ".local" / "demo.json"
    call_command("load_demo", write=str(note), verbosity=0)
    note.write_text(json.dumps(json.loads(note.read_text()) | {"base_url": http_server}))
    for shell in ("bash", "sh"):
        paste(shell, tmp_path)


def paste(shell: str, folder: Path) -> None:
    """Run all blocks in one shell, and look at what each of them prints."""
    script = f'echo "{MARK}"\n'.join(text for text, _ in blocks())
    done = subprocess.run([shell, "-eu", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.split(f"{MARK}\n")
    assert len(printed) == len(blocks())
    for (text, promises), output in zip(blocks(), printed, strict=True):
        for promised in promises:
            shown = json.loads(output.strip().splitlines()[-1])
            assert holds(promised, shown), f"after\n{text}\nthe README promises {promised}, but it shows {shown}"
        if not promises:
            assert output == ""


def test_every_setting_stands_in_the_table():
    """Variables that settings, logs and web server read, and no others."""
    sources = [ROOT / "config" / name for name in ("settings.py", "gunicorn.py", "logs.py", "env.py", "run.py")]
    read = {
        name
        for source in sources
        for name in re.findall(
            r'env\.\w+\(\s*"([A-Z0-9_]+)"|^    return (?:choice|integer)\("([A-Z0-9_]+)"', source.read_text(), re.M
        )
        for name in name
        if name
    }
    table = README.split("## Configuration")[1].split("\n## ")[0]
    listed = {
        name for row in re.findall(r"^\|(.*?)\|", table, re.MULTILINE) for name in re.findall(r"`([A-Z0-9_]+)`", row)
    }
    assert read | {"CRANE_LOCAL_DIR"} == listed, "README.md, Configuration: one row for each variable"


def test_whatever_the_readme_names_is_there():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(
        re.findall(r"make ([a-z]+)\b", " ".join(re.findall(r"`make [a-z]+`|^    make [a-z]+", README, re.M)))
    ) <= set(targets)
    for path in re.findall(
        r"!\[[^\]]*\]\(([^)]+)\)|`((?:config|ledger|organizations|tests|templates)/[\w./-]*)`", README
    ):
        assert (ROOT / (path[0] or path[1])).exists(), path
    from django.core.management import get_commands

    assert set(re.findall(r"manage\.py (\w+)", README)) <= set(get_commands())
