"""What the container files name is there, read and required; nothing starts with a password that was not set."""

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import yaml

from tests.architecture import house
from tests.databases import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PRODUCT = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "crane-ledger"}
SECRETS = (
    "SECRET_KEY",
    "DATABASE_ADMIN_PASSWORD",
    "DATABASE_OWNER_PASSWORD",
    "DATABASE_WEB_PASSWORD",
    "VALKEY_PASSWORD",
)
GIVEN = {name: f"{name.lower()}-k7Qw9Zx2Vb5Nm8Lp1Js4Hg6Fd3Ta0Ye" for name in SECRETS} | {
    "ALLOWED_HOSTS": "books.example"
}
VARIABLE = re.compile(r"\$\{(\w+)(:\?[^}]+)?\}")


def set_in_the_image() -> dict[str, str]:
    """The last stage's ENV."""
    (block,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", CONTAINERFILE, re.M)
    return dict(re.findall(r"([A-Z_]+)=(\S+)", block))


def environment(service: str) -> dict[str, str]:
    """What a container of the service has, with the secrets as given."""
    named = PRODUCT[service]["environment"]
    return set_in_the_image() | {name: VARIABLE.sub(lambda at: GIVEN[at[1]], value) for name, value in named.items()}


def read_by_the_product() -> set[str]:
    text = "\n".join(source.text for source in house.sources("config"))
    return set(re.findall(r'\b(?:env\.)?(?:choice|flag|integer|optional_url|text|url|words)\(\s*"([A-Z0-9_]+)"', text))


def test_every_variable_is_one_that_the_product_reads():
    for_python = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE"}
    for service in PRODUCT:
        unknown = environment(service).keys() - for_python - read_by_the_product()
        assert not unknown, f"{service} sets {sorted(unknown)}, which nothing reads."


@pytest.mark.parametrize("service", PRODUCT)
def test_settings_load_with_just_what_a_container_has(service, tmp_path):
    variables = environment(service) | {"PATH": os.environ["PATH"], "CRANE_LOCAL_DIR": str(tmp_path)}
    shown = (
        "s.LOCAL, s.PGBOUNCER, s.DATABASES['default']['USER'], s.DATABASES['owner']['USER'], s.SESSION_COOKIE_SECURE"
    )
    command = [sys.executable, "-c", f"import config.settings as s; print({shown})"]
    loaded = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    owner = "crane_owner" if service == "setup" else "crane_web"
    assert loaded.stdout.split() == ["False", "True", "crane_web", owner, "True"], loaded.stderr


def test_what_is_secret_has_no_default():
    text = (ROOT / "compose.yaml").read_text()
    found = VARIABLE.findall(text)
    assert {name for name, _ in found} == GIVEN.keys()
    assert all(required for _, required in found), "Without `:?` an unset password would be an empty one."
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            password = urlsplit(value).password if "://" in value else value if "PASSWORD" in name else None
            assert password is None or password.startswith("${"), f"{name} holds a password"


def test_every_folder_of_the_product_is_copied_and_nothing_else():
    copied = set(re.findall(r"^COPY (\w+) \1$", CONTAINERFILE, re.M))
    assert copied == {*house.PACKAGES, "templates"}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sent == copied | {"manage.py", "requirements.txt"}


def test_the_image_is_closed():
    stages = CONTAINERFILE.split("\nFROM ")[1:]
    assert [re.findall(r"^USER (\w+)$", stage, re.M) for stage in stages] == [[], ["postgres"], ["crane"]]
    assert "--require-hashes" in stages[0] and "pip install" not in stages[2]
    assert "HEALTHCHECK" in stages[2] and "/health/live" in stages[2]
    for service in PRODUCT.values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
    writable = ("/var/lib/crane", "/tmp", "/srv/static")
    written = {name: value for name, value in set_in_the_image().items() if name.endswith(("_ROOT", "_SPOOL"))}
    assert len(written) == 3 and all(value.startswith(writable) for value in written.values())


def test_images_name_no_host():
    images = {one["image"] for one in COMPOSE["services"].values()} | set(
        re.findall(r"^FROM (\S+)", CONTAINERFILE, re.M)
    )
    assert all("." not in image.partition(":")[0] for image in images), images


def test_only_the_setup_knows_the_owner():
    for name, service in COMPOSE["services"].items():
        knows = "DATABASE_OWNER_PASSWORD" in str(service.get("environment"))
        assert knows == (name == "setup")


def test_the_files_of_pages_are_readable_by_whom_the_image_runs_as(tmp_path):
    """They are collected by root, with the rule for attachments that nobody else reads in force."""
    static = tmp_path / "static"
    variables = environment("web") | {"PATH": os.environ["PATH"], "CRANE_LOCAL_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    done = subprocess.run(
        command, cwd=ROOT, env=variables | {"STATIC_ROOT": str(static)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    modes = {path.relative_to(static).as_posix(): path.stat().st_mode for path in static.rglob("*") if path.is_file()}
    assert len(modes) > 200 and "staticfiles.json" in modes
    assert [name for name, mode in modes.items() if mode & 0o044 != 0o044] == []
