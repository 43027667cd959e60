"""Who may import whom."""

import ast
import subprocess
import sys

import grimp
import pytest

from tests.architecture import house

pytestmark = pytest.mark.xdist_group("sources")  # each is read and parsed once

# Started by name, by gunicorn, Django or a person. Everything else must be imported by something.
STARTED_BY_NAME = {
    "config.embedded.reset",
    "config.embedded.tethered",
    "config.gunicorn",
    "config.prepare",
    "config.run",
    "config.settings",
    "config.urls",
    "config.wsgi",
    "ledger.proof.verifier",
}
FOUND_BY_DJANGO = {"apps", "models", "admin", "tasks", "urls", "migrations", "management"}


def test_import_contracts():
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    checked = subprocess.run([sys.executable, "-c", program], cwd=house.ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, (
        "An import points the wrong way. Move what both sides need further down, or pass it in as an argument. "
        f"A new chapter takes its place in the layers of pyproject.toml.\n{checked.stdout}{checked.stderr}"
    )


def test_contents_pages_hold_imports_only():
    house.refuse(
        f"{page.name}:{node.lineno} is a contents page: only imports. Move this into a chapter."
        for page in house.contents_pages()
        for node in page.tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )


def test_nobody_imports_from_a_contents_page():
    pages = {page.module for page in house.contents_pages()}
    house.refuse(
        f"{source.name}:{line} imports {name} from a contents page. Import it from its chapter."
        for source in house.sources(*house.PACKAGES, "tests")
        for line, name in house.imports(source.tree)
        if name in pages or name.rpartition(".")[0] in pages
    )


def test_every_module_is_used():
    graph = grimp.build_graph(*house.PACKAGES, cache_dir=None)
    text = "\n".join(source.text for source in house.sources(*house.PACKAGES))
    modules = {source.module for source in house.sources(*house.PACKAGES) if source.path.name != "__init__.py"}
    house.refuse(
        f"Nobody imports {module}: remove it, or import it where it is needed. Tests do not count."
        for module in sorted(modules - STARTED_BY_NAME)
        if not FOUND_BY_DJANGO & set(module.split(".")[1:2])
        and not graph.find_modules_that_directly_import(module)
        and f'"{module}' not in text
    )
