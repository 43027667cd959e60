"""Something of everything goes into an archive and comes out of it as it was: table by table, row by row."""

import zipfile

from ledger.archives.tables import LEFT_OUT, archived, tenant_tables
from tests import databases
from tests.invariants import test_walls
from tests.ledger.archives.archives import bring_in, export

ADDED = {"organizations_event": 1}  # that it was brought in


def rows_of(file) -> dict[str, list[bytes]]:
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.startswith("tables/")]
        return {name[7:-6]: archive.read(name).splitlines() for name in names}


def test_every_row_of_every_table_comes_through(battlefield, superuser, django_db_blocker, admin_url, tmp_path):
    books, first, second = battlefield.cast.alices, tmp_path / "first.zip", tmp_path / "second.zip"
    with django_db_blocker.unblock():
        with databases.pointed_to({"NAME": battlefield.name}, {"NAME": battlefield.name}):
            names = {table.name for table in archived()}
            manifest = export(books, first)
        before = rows_of(first)
        assert names == before.keys() and [name for name, rows in before.items() if not rows] == []
        assert len(manifest["missing_files"]) > 0  # the notes of files that were never kept
        with databases.copy_in_use(admin_url, "arrival"):
            done = bring_in(first)
            export(books, second)
    after = rows_of(second)
    assert done.rows == {name: len(rows) for name, rows in before.items()}
    for name, rows in before.items():
        changed = [row for row in set(after[name]) - set(rows) if b"It was waiting when" not in row]
        assert len(changed) == ADDED.get(name, 0) and len(after[name]) == len(rows) + len(changed), name


def test_no_tenant_table_is_forgotten(battlefield, superuser, django_db_blocker):
    """A new table is in the archive by itself; one that is left out is there, and has its reason."""
    with django_db_blocker.unblock(), databases.pointed_to({"NAME": battlefield.name}, {"NAME": battlefield.name}):
        archive = {table.name for table in archived()}
        ordered = tenant_tables()
    tables = set(test_walls.tenant_tables(superuser))
    assert archive - {"organizations_organization", "organizations_user"} == tables - LEFT_OUT.keys()
    assert LEFT_OUT.keys() <= tables and all(reason.endswith(".") for reason in LEFT_OUT.values())
    assert len(ordered) == len(set(ordered)) and set(ordered) == tables


def test_rows_that_others_point_at_come_first(battlefield, superuser):
    """The order of ``crane_tenant_tables`` is that of the references which are looked at at once."""
    query = """
        select f.conname from pg_constraint f
          join pg_class a on a.oid = f.conrelid join pg_class b on b.oid = f.confrelid
          join crane_tenant_tables() x on x.name = a.relname join crane_tenant_tables() y on y.name = b.relname
         where f.contype = 'f' and not f.condeferrable and a.oid <> b.oid and x.depth <= y.depth
    """
    assert superuser.execute(query).fetchall() == []
