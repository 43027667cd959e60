"""Production refuses to start where it would not be safe."""

import os
import subprocess
import sys

import pytest

from config import attachments, env, extras
from tests.databases import ROOT

SAFE = {
    "SECRET_KEY": "k7#Qw9$Zx2!Vb5^Nm8&Lp1*Js4(Hg6)Fd3-Ta0_Ye",
    "ALLOWED_HOSTS": "books.example",
    "DATABASE_URL": "postgresql://crane_web:x@db.example/crane",
    "REDIS_URL": "redis://broker.example/0",
}


SHOWN = "s.DEBUG, s.SIGNUP_OPEN, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT"


def load(tmp_path, shown=SHOWN, **variables):
    """Import the settings in a process that has these variables and none of ours."""
    environment = {"PATH": os.environ["PATH"], "CRANE_LOCAL_DIR": str(tmp_path)}
    environment |= {name: value for name, value in (SAFE | variables).items() if value is not None}
    program = f"import config.settings as s; print({shown})"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_production_is_the_default_and_is_closed(tmp_path):
    loaded = load(tmp_path)
    assert loaded.stdout.split() == ["False", "False", "True", "True"], loaded.stderr
    assert not list(tmp_path.iterdir()), "Production generates no secrets of its own."


def test_cookies_of_production_are_bound_to_the_host(tmp_path):
    shown = ", ".join(
        f"s.{kind}_COOKIE_{what}" for kind in ("SESSION", "CSRF") for what in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")
    )
    loaded = load(tmp_path, shown=f"{shown}, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS")
    bound = ["True", "True", "Lax"]
    assert loaded.stdout.split() == ["__Host-sessionid", *bound, "__Host-csrftoken", *bound, "31536000", "True"]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-k7#Qw9$Zx2!Vb5^Nm8&Lp1*Js4(Hg6)Fd3-Ta0_Ye"}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS"),
        ({"SECRETS_KEYS": f"{SAFE['SECRET_KEY']},short"}, "SECRETS_KEYS"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "books.example,*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"CRANE_ENV": "staging"}, "CRANE_ENV"),
    ],
)
def test_unsafe_production_does_not_start(tmp_path, variables, named):
    loaded = load(tmp_path, **variables)
    assert loaded.returncode != 0
    last = loaded.stderr.strip().splitlines()[-1]
    assert "EnvironmentProblem" in last and named in last


def test_a_local_run_makes_its_own_secret_and_keeps_it(tmp_path):
    nothing = dict.fromkeys(SAFE)
    assert load(tmp_path, CRANE_ENV="local", **nothing).stdout.split() == ["False", "True", "False", "False"]
    secret = tmp_path / "secret_key.json"
    before = secret.read_text()
    assert secret.stat().st_mode & 0o077 == 0
    load(tmp_path, CRANE_ENV="local", **nothing)
    assert secret.read_text() == before


def test_a_file_may_not_be_larger_than_a_request(tmp_path):
    loaded = load(tmp_path, ATTACHMENT_MAX_BYTES="20000000")
    assert loaded.returncode != 0 and "ATTACHMENT_MAX_BYTES" in loaded.stderr.splitlines()[-1]


@pytest.mark.parametrize("installed", [True, False])
def test_a_bucket_without_its_library_does_not_start(monkeypatch, tmp_path, installed):
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda name: object() if installed else None)
    named = {"bucket": "receipts", "endpoint": "https://s3.example", "region": None}
    if installed:
        found = attachments.storage(tmp_path, **named)
        assert found["BACKEND"] == "storages.backends.s3.S3Storage"
        assert (found["OPTIONS"]["bucket_name"], found["OPTIONS"]["default_acl"]) == ("receipts", None)
    else:
        with pytest.raises(env.EnvironmentProblem, match="ATTACHMENTS_S3_BUCKET"):
            attachments.storage(tmp_path, **named)
    assert attachments.storage(tmp_path, **named | {"bucket": None})["OPTIONS"]["location"] == tmp_path


def test_traces_without_their_library_do_not_start(monkeypatch, tmp_path):
    def nothing(name):
        raise ModuleNotFoundError(name)  # as it is where the package above is missing, too

    monkeypatch.setattr(extras.importlib.util, "find_spec", nothing)
    with pytest.raises(env.EnvironmentProblem, match=r"OTEL_EXPORTER_OTLP_ENDPOINT .* crane-ledger\[otel\]"):
        extras.need("OTEL_EXPORTER_OTLP_ENDPOINT", "otel", "opentelemetry.sdk")
    extras.need("OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
