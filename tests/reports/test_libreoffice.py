"""Workbooks in LibreOffice: it works the totals out again and comes to the same. Needs Debian's libreoffice-calc."""

import csv
import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.cast import Books
from tests.reports.worked import open_shop

OFFICE = Path("/usr/bin/soffice")
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
REPORTS = ("balance-sheet?as_of=2026-02-28&compare=3", "income-statement?start_date=2025-01-01&end_date=2026-02-28",
           "cash-flow?start_date=2025-01-01&end_date=2026-02-28", "trial-balance?as_of=2026-02-28")  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not OFFICE.exists(), reason="This machine has no /usr/bin/soffice."),
]


@pytest.fixture
def books(db) -> Books:
    return open_shop()


def content_of(books: Books, report: str, kind: str) -> bytes:
    where = f"{books.api.base}/reports/{report}&format={kind}"
    return books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"}).content


def without_results(workbook: bytes) -> bytes:
    """The workbook with its formulas, but nothing that was worked out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content, count = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
                assert count > 0
            new.writestr(name, content)
    return made.getvalue()


def worked_out(folder: Path) -> dict[str, list[list[str]]]:
    """The sheets of all workbooks in a folder as LibreOffice shows them, by the file's stem."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS)
    command = [OFFICE, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "csv"]
    files = sorted(folder.glob("*.xlsx"))
    subprocess.run([*command, "--outdir", folder, *files], check=True, capture_output=True, timeout=120)
    return {file.stem: list(csv.reader((folder / f"{file.stem}.csv").read_text().splitlines())) for file in files}


def number(text: str) -> str:
    plain = text.replace(",", "").strip()
    return f"-{plain[1:-1]}" if plain.startswith("(") else plain


def test_totals_are_worked_out_again_and_are_equal(books, tmp_path):
    for report in REPORTS:
        name = report.partition("?")[0]
        (tmp_path / f"{name}.xlsx").write_bytes(without_results(content_of(books, report, "xlsx")))
    shown = worked_out(tmp_path)
    compared = 0
    for report in REPORTS[:3]:
        lines = shown[report.partition("?")[0]]
        found = {line[1]: [number(cell) for cell in line[2:] if cell] for line in lines if len(line) > 2 and line[1]}
        for row in csv.DictReader(content_of(books, report, "csv").decode().splitlines()):
            if row["kind"] in ("total", "result"):
                expected = [cell for name, cell in row.items() if name not in ("kind", "code", "name", "level")]
                assert [float(each) for each in found[row["name"]]] == [float(each) for each in expected], row
                compared += 1
    assert compared >= 15
    total = next(line for line in shown["trial-balance"] if "Total" in line)
    debit, credit = (number(cell) for cell in total[-2:])
    assert debit == credit and float(debit) > 0
