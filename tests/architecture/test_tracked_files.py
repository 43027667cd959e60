"""What may not be under version control."""

import re

from tests.architecture import house

# Written in pieces, so that this file passes its own test.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("debian", "org/debian"),
            ("proxy", "golang", "org"),
            ("crates", "io"),
        )
    )
    + "|--index" + "-url|--extra-index" + "-url|--find" + "-links"
)  # fmt: skip
MAKEFILE_MAY_SAY = ("--no-emit-index" + "-url", "--no-emit-find" + "-links")
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/.", str(house.ROOT) + "/")
SECRETS = re.compile("cl_(live|test)_[A-Za-z0-9]{20,}")


def test_no_registry_no_machine_no_secret():
    for path in house.tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(house.ROOT)
        for said in MAKEFILE_MAY_SAY:
            text = text.replace(said, "")
        registry = REGISTRIES.search(text)
        assert registry is None, f"{name} names a package registry ({registry[0]}). Name packages only."
        for machine_path in MACHINE_PATHS:
            assert machine_path not in text, f"{name} holds a path of one machine. Make it relative to the repository."
        secret = SECRETS.search(text)
        assert secret is None, f"{name} holds what looks like an API key. Keys in examples end in an ellipsis."


def test_local_data_is_not_tracked():
    tracked = {path.relative_to(house.ROOT).parts[0] for path in house.tracked_files()}
    assert not tracked & {".local", ".venv"}, "Data and installed packages stay on the machine: see .gitignore."


def test_requirements_are_pinned_by_hash():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-audit.txt"):
        pins = (house.ROOT / name).read_text().replace("\\\n", "").splitlines()
        for pin in pins:
            assert pin.startswith("#") or ("==" in pin and "--hash=sha256:" in pin), (
                f"{name}: {pin.split()[0]} has no hash. Run `make lock`."
            )
