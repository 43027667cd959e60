"""Real files of many banks, imported in earnest: once, again, and again with another byte beside the same lines."""

import pytest

from tests.reconciliation.parsers.sample_tables import files, sample

FOLDERS = ("csv", "ofx", "qif", "mt940", "camt")


@pytest.mark.parametrize("folder", FOLDERS)
def test_importing_every_sample_again_adds_nothing(books, folder):
    from ledger.accounts.opening import NewAccount, open_account
    from organizations.currencies.iso import decimals_of
    from reconciliation.errors import StatementCurrencyDiffers, StatementUnreadable
    from reconciliation.parsers.formats import read
    from reconciliation.parsers.items import Section, Unreadable
    from reconciliation.statements.importing import import_statement
    from reconciliation.statements.reading import Upload

    def first_section(name: str, data: bytes) -> Section:
        try:
            return next((item for item in read(data, file_name=name)[1] if isinstance(item, Section)), Section())
        except Unreadable:
            return Section()

    names, imported = files(folder), 0
    if not names:
        pytest.skip("The samples are not here.")
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        for place, name in enumerate(names):
            data = sample(folder, name)
            section = first_section(name, data)
            currency = section.currency if decimals_of(section.currency) is not None else "EUR"
            new = NewAccount(code=f"1{place:03}-{folder}", name=name, type="asset", currency=currency)
            account = open_account(**who, new=new)

            def take(content: bytes, file_name: str = name, into=account, number: str = section.account):
                upload = Upload(file_name, content, account_number=number)
                done = import_statement(**who, account=into, upload=upload)
                return done.statement.new + done.statement.conflicts, done.statement.duplicates, done.statement.errors

            try:
                added, known, wrong = take(data)
            except (StatementUnreadable, StatementCurrencyDiffers):  # told by the tables of the readers
                continue
            imported += added
            assert known == 0, name
            assert take(data) == (0, added, wrong), name
            assert take(data + b"\n") == (0, added, wrong), name
    assert imported > 10
