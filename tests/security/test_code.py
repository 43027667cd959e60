"""What the code does not do, and where it does what is delicate."""

import ast
import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator

import pytest
import structlog

from config.logs import logging_settings
from organizations.sealing import Sealed, seal, unseal
from tests.architecture.house import APPS, PACKAGES, ROOT, Source, refuse, sources

#: Never called, with what is used instead.
DANGEROUS = {
    "eval": "code of text is never run",
    "exec": "code of text is never run",
    "pickle.loads": "JSON",
    "pickle.load": "JSON",
    "marshal.loads": "JSON",
    "os.system": "subprocess with a list",
    "os.popen": "subprocess with a list",
    "hashlib.md5": "hashlib.sha256",
    "hashlib.sha1": "hashlib.sha256",
    "ssl._create_unverified_context": "ssl.create_default_context",
    "mark_safe": "format_html",
}
#: But here, each with its reason.
ALLOWED = {("organizations/logins/second_factors.py", "mark_safe")}  # a drawing that is made here, of base32
#: Where cryptography is, and what for. What is not here is not done.
INVENTORY = {
    "hmac": {
        "config/backups/taking.py",  # marks of the keys that a backup needs
        "ledger/health/metrics.py",  # compares the token of /metrics
        "ledger/intake/adapters/square_days.py",  # checks the signature of a message
        "organizations/invitations/links.py",  # links of invitations
        "organizations/requests/opening.py",  # compares hashes of keys
        "organizations/webhooks/signing.py",  # signs what is told
    },
    "cryptography": {
        "organizations/sealing.py",  # Fernet and HKDF: secrets of organizations
        "organizations/users/models.py",  # AES-GCM and HKDF: secrets of authenticators
    },
    "django.core.signing": {
        "ledger/balances/receipts.py",  # receipts of what was answered
        "organizations/wire/cursors.py",  # places in lists
    },
    "ssl": {"organizations/webhooks/calling.py"},  # TLS to the address that was looked at
}
MARKUP = re.compile(
    r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|__proto__|onmessage"
)


def naming(words: str) -> Iterator[Source]:
    """The files in which one of the words stands at all: to parse the whole house takes seconds."""
    wanted = re.compile(rf"\b(?:{words})\b")
    return (source for source in sources(*PACKAGES) if wanted.search(source.text))


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a name, or of a name within a module."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name, node
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)):
                yield f"{module}.{name}", node


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_nothing_dangerous_is_called():
    problems = []
    words = {name.rpartition(".")[2] for name in DANGEROUS} | {"shell"}
    for source in naming("|".join(words)):
        for name, call in calls(source.tree):
            if name in DANGEROUS and (source.name, name) not in ALLOWED:
                problems.append(f"{source.name}:{call.lineno} calls {name}; instead: {DANGEROUS[name]}")
            if any(each.arg == "shell" and ast.unparse(each.value) != "False" for each in call.keywords):
                problems.append(f"{source.name}:{call.lineno} starts a shell")
    refuse(problems)


#: Where chance may be a plain one: it spreads retries, and makes up stories.
PLAIN_CHANCE = {
    "ledger/demo/stories.py",
    "organizations/backoffice/site.py",
    "organizations/letters/sending.py",
    "organizations/requests/views.py",
    "organizations/webhooks/delivering.py",
}


def test_chance_that_can_be_guessed_decides_nothing_secret():
    for source in naming("random"):
        known = source.name in PLAIN_CHANCE or source.name.startswith("reconciliation/practice/")
        names = {name.partition(".")[0] for name in imported(source.tree)}
        assert known or "random" not in names, f"{source.name}: take the module `secrets`, or say here what for"


def test_certificates_are_always_checked():
    switched_off = re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False")
    refuse(
        f"{source.name} does not check certificates"
        for source in sources(*PACKAGES)
        if switched_off.search(source.text)
    )


def test_cryptography_is_where_the_inventory_says():
    problems = []
    for source in naming("hmac|cryptography|signing|ssl"):
        for name, places in INVENTORY.items():
            here = any(each == name or each.startswith(f"{name}.") for each in imported(source.tree))
            if here and source.name not in places:
                problems.append(f"{source.name} uses {name}; the inventory does not say what for")
    refuse(problems)


@pytest.mark.parametrize("place", [0, 9, 30, -1])
def test_a_sealed_secret_that_was_touched_does_not_open(place):
    sealed = bytearray(seal("s3cret", 1))
    sealed[place] ^= 1
    with pytest.raises(Sealed):
        unseal(bytes(sealed), 1)
    assert seal("s3cret", 1) != seal("s3cret", 1), "The same secret looks different each time."


def scripts() -> list:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("static/**/*.js"))]


def test_scripts_of_pages_make_no_markup_and_run_no_text():
    assert len(scripts()) > 5
    refuse(f"{path.name}: {found[0]}" for path in scripts() if (found := MARKUP.search(path.read_text())))


def test_pages_keep_nothing_but_what_can_be_undone():
    """The workbench remembers, for the tab alone, the ids of what can be taken back."""
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")
    assert [path.name for path in scripts() if kept.search(path.read_text())] == ["workbench.js"]
    assert "localStorage" not in (ROOT / "reconciliation/static/reconciliation/workbench.js").read_text()


def test_a_line_of_the_log_is_one_line_of_json_in_utc(monkeypatch):
    before = structlog.get_config()
    monkeypatch.setenv("LOG_FORMAT", "json")
    shape = logging_settings()["formatters"]["line"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(shape["()"](**{name: value for name, value in shape.items() if name != "()"}))
    logger = logging.getLogger("tried")
    logger.addHandler(handler)
    try:
        structlog.contextvars.bind_contextvars(request_id="REQ_1")
        logger.warning('first\nsecond\r\n{"event": "forged"}')
    finally:
        logger.removeHandler(handler)
        structlog.contextvars.clear_contextvars()
        structlog.configure(**before)
    (line,) = out.getvalue().splitlines()
    found = json.loads(line)
    assert (found["level"], found["logger"], found["request_id"]) == ("warning", "tried", "REQ_1")
    assert found["event"].startswith("first\nsecond") and found["timestamp"].endswith("Z")
