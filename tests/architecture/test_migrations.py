"""Models and migrations tell the same story."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState


def test_every_model_change_has_its_migration():
    loader = MigrationLoader(None)
    questioner = NonInteractiveMigrationQuestioner()
    now = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader.project_state(), now, questioner).changes(graph=loader.graph)
    missing = {label: [str(step) for each in found for step in each.operations] for label, found in changes.items()}
    assert not missing, f"Run `manage.py makemigrations`; these changes have no migration: {missing}"


def test_migrations_do_not_branch():
    assert MigrationLoader(None).detect_conflicts() == {}, "Two migrations follow the same one; renumber the later."
