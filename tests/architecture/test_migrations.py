"""Models and migrations tell the same story, and no migration stops a product that is at work.

That the code of the last release works on the schema of this one cannot be tried before there is a release; the rules
of `migration_rules.py` are what can be known without.
"""

import inspect
import os
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from tests.architecture import house
from tests.architecture.migration_rules import RULES, Step, broken

BASELINE = Path(__file__).with_name("baseline_migrations.txt")


def test_every_model_change_has_its_migration():
    loader = MigrationLoader(None)
    questioner = NonInteractiveMigrationQuestioner()
    now = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader.project_state(), now, questioner).changes(graph=loader.graph)
    missing = {label: [str(step) for each in found for step in each.operations] for label, found in changes.items()}
    assert not missing, f"Run `manage.py makemigrations`; these changes have no migration: {missing}"


COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
      from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
"""
KEYS = """
    select c.relname, a.attname, f.relname
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      join pg_class f on f.oid = k.confrelid
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
     where k.contype = 'f'
"""
NAMES = "select relname from pg_class where relkind in ('i', 'I') union select conname from pg_constraint"


def _type_of(field) -> str:
    """The type of a field's column, as PostgreSQL writes it."""
    return field.db_type(connection).replace("varchar", "character varying").replace(", ", ",")


def test_the_database_is_as_the_models_say(db):
    """Every column with its type, every key, every index and constraint by its name."""
    models = [model for model in apps.get_models() if model._meta.managed]
    with connection.cursor() as cursor:
        found = [set(cursor.execute(query).fetchall()) for query in (COLUMNS, KEYS, NAMES)]
    columns, keys, names = found
    fields = [(model._meta.db_table, field) for model in models for field in model._meta.local_concrete_fields]
    declared = {(table, field.column, _type_of(field), not (field.null or field.generated)) for table, field in fields}
    assert declared - columns == set()
    pointing = {
        (table, field.column, field.remote_field.model._meta.db_table)
        for table, field in fields
        if field.is_relation and field.db_constraint
    }
    assert pointing - keys == set()
    named = {(each.name,) for model in models for each in (*model._meta.indexes, *model._meta.constraints)}
    assert named - names == set()
    assert len(declared) > 900 and len(pointing) > 20 and len(named) > 100, (len(declared), len(pointing), len(named))


def test_migrations_do_not_branch():
    assert MigrationLoader(None).detect_conflicts() == {}, "Two migrations follow the same one; renumber the later."


@pytest.fixture
def loader(django_db_setup, django_db_blocker):
    """Renders SQL as the owner would run it, outside of any transaction, and asks no database what is applied there."""
    found = MigrationLoader(None, replace_migrations=False)
    with django_db_blocker.unblock():
        found.connection = connections["owner"]
        yield found
        found.connection.close()


def ours(loader: MigrationLoader) -> dict[str, tuple[str, str]]:
    """The product's own migrations, by the name that the baseline has for them."""
    return {f"{app}.{name}": (app, name) for app, name in loader.disk_migrations if app in house.APPS}


def rendered(loader: MigrationLoader, key: tuple[str, str]) -> Step:
    """A migration as PostgreSQL gets it."""
    migration = loader.disk_migrations[key]
    sql = "\n".join(loader.collect_sql([(migration, False)]))
    python = any(isinstance(operation, RunPython) for operation in migration.operations)
    return Step(sql, inspect.getsource(inspect.getmodule(type(migration))), migration.atomic, python)


def test_new_migrations_stop_nobody(loader):
    """What was there before the first release is the baseline: no installation had to live through it.

    FREEZE=1 writes the baseline anew; once something is released, never again.
    """
    known = ours(loader)
    if os.environ.get("FREEZE"):
        BASELINE.write_text("".join(f"{name}\n" for name in sorted(known)), encoding="utf-8")
    baseline = set(BASELINE.read_text(encoding="utf-8").split())
    assert baseline <= set(known), "A migration of the baseline is gone or has another name."
    house.refuse(
        f"{name} breaks the rule {rule}: {RULES[rule]}"
        for name in sorted(set(known) - baseline)
        for rule in broken(rendered(loader, known[name]))
    )


def test_the_baseline_would_not_pass(loader):
    """The rules see what is there: rendered as above, a migration of the time before them breaks some."""
    broken_by = {
        ("organizations", "0010_trade_policies"): ["constraint_while_none_writes"],
        ("reconciliation", "0005_named_lines"): ["default_taken_away", "index_while_none_writes"],
        ("ledger", "0014_categories_of_before"): ["data_in_one_piece"],
    }
    assert {key: broken(rendered(loader, key)) for key in broken_by} == broken_by


GOOD = [
    Step("CREATE TABLE fresh (id bigint NOT NULL); ALTER TABLE fresh ADD CONSTRAINT a CHECK (id > 0); "
         "CREATE INDEX i ON fresh (id); INSERT INTO fresh SELECT 1;"),
    Step('ALTER TABLE "ledger_entry" ADD COLUMN "note" text NULL;'),
    Step("ALTER TABLE ledger_entry ADD COLUMN kind varchar(8) DEFAULT 'a' NOT NULL;"),
    Step("CREATE INDEX CONCURRENTLY i ON ledger_entry (kind);", atomic=False),
    Step("ALTER TABLE ledger_entry ADD CONSTRAINT c CHECK (amount <> 0) NOT VALID;"),
    Step("ALTER TABLE ledger_entry VALIDATE CONSTRAINT c;"),
    Step("ALTER TABLE ledger_entry ADD CONSTRAINT u UNIQUE USING INDEX i;"),
    Step("ALTER TABLE ledger_entry ALTER COLUMN kind SET NOT NULL;", "# validated: entry_kind_is_there\n"),
    Step("ALTER TABLE ledger_entry ALTER COLUMN kind TYPE varchar(20);", "# widens: from 8\n"),
    Step("ALTER TABLE ledger_entry DROP COLUMN kind; DROP TABLE old;", "    # contract: unused since 1.4\n"),
    Step("DO $$ BEGIN LOOP UPDATE ledger_entry SET kind = 'b'; COMMIT; END LOOP; END $$;", "# batches: 5000\n", False),
    Step("", "# batches: 5000\n", atomic=False, runs_python=True),
    Step("SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON ledger_entry (kind);", atomic=False),
    Step("-- update ledger_entry set kind = 'b'\nCREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE ledger_entry "
         "SET kind = 'b'; ALTER TABLE ledger_entry DROP COLUMN kind; END $$; COMMENT ON TABLE x IS 'alter table y;';"),
    Step("CREATE POLICY p ON ledger_entry FOR UPDATE USING (true); GRANT UPDATE ON ledger_entry TO crane_app; "
         "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION f();"),
]  # fmt: skip
BAD = [
    ("not_null_without_default", Step('ALTER TABLE "ledger_entry" ADD COLUMN "kind" varchar(8) NOT NULL;')),
    ("not_null_without_default", Step("alter table ledger_entry add note text, add kind text not null;")),
    ("default_taken_away", Step('ALTER TABLE ledger_entry ALTER COLUMN "kind" DROP DEFAULT;')),
    ("not_null_set", Step("ALTER TABLE ledger_entry ALTER COLUMN kind SET NOT NULL;")),
    ("column_rewritten", Step("ALTER TABLE ledger_entry ALTER COLUMN kind TYPE integer USING kind::integer;")),
    ("column_rewritten", Step("ALTER TABLE ledger_entry ALTER kind SET DATA TYPE text;", "# widens:\n")),
    ("taken_away", Step("ALTER TABLE ledger_entry DROP COLUMN kind CASCADE;")),
    ("taken_away", Step("DROP TABLE ledger_entry;", "# A contract is made here.\n")),
    ("renamed", Step('ALTER TABLE ledger_entry RENAME COLUMN "kind" TO "sort";', "# contract: unused since 1.4\n")),
    ("renamed", Step("ALTER TABLE ledger_entry RENAME TO ledger_line;")),
    ("index_while_none_writes", Step('CREATE UNIQUE INDEX "i" ON "ledger_entry" ("kind");')),
    ("concurrently_in_a_transaction", Step("CREATE INDEX CONCURRENTLY i ON ledger_entry (kind);")),
    ("constraint_while_none_writes", Step("ALTER TABLE ledger_entry ADD CONSTRAINT c CHECK (amount <> 0);")),
    ("constraint_while_none_writes", Step("ALTER TABLE ledger_entry ADD UNIQUE (kind);")),
    ("constraint_while_none_writes", Step("ALTER TABLE ledger_entry ADD COLUMN kind text UNIQUE;")),
    (
        "constraint_while_none_writes",
        Step("ALTER TABLE ledger_entry ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES ledger_account (a, b);"),
    ),
    (
        "validated_while_held",
        Step("ALTER TABLE ledger_entry ADD CONSTRAINT c CHECK (a > 0) NOT VALID, VALIDATE CONSTRAINT c;"),
    ),
    ("data_in_one_piece", Step("UPDATE ledger_entry SET kind = 'a';")),
    ("data_in_one_piece", Step("UPDATE ledger_entry SET kind = 'a';", "# batches: 5000\n")),
    ("data_in_one_piece", Step("DELETE FROM ledger_entry WHERE kind = 'a';", atomic=False)),
    ("data_in_one_piece", Step("do $$ begin update ledger_entry set kind = 'a'; end $$;")),
    ("data_in_one_piece", Step("do $$ begin perform f();\n delete from ledger_entry; end $$;")),
    ("data_in_one_piece", Step("INSERT INTO ledger_entry SELECT * FROM old;")),
    ("data_in_one_piece", Step("", runs_python=True)),
    ("lock_timeout_lifted", Step("set local lock_timeout = 0; alter table ledger_entry add column note text;")),
]


def test_every_rule_has_a_migration_that_breaks_it():
    assert {name for name, _ in BAD} == set(RULES)


@pytest.mark.parametrize(("rule", "step"), BAD)
def test_what_stops_the_product_is_refused_by_name(rule, step):
    assert broken(step) == [rule]


@pytest.mark.parametrize("step", GOOD)
def test_what_stops_nobody_passes(step):
    assert broken(step) == []
