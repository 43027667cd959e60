"""Files of contacts as other programs write them: any usual separator and encoding, headings in their words. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

SEPARATORS = ",;\t|"
MOST_LINES = 100_000

#: Field → headings that mean it, without spaces, marks and capitals.
HEADINGS = {
    "name": "name contactname companyname company fullname displayname customer customername vendor vendorname supplier"
    " suppliername organization organisation firma firmenname nom nombre nome naam namn nazwa kunde lieferant",
    "contact_type": "contacttype type kind typ art",
    "email": "email emailaddress mail primaryemail emailadresse courriel correo",
    "phone": "phone phonenumber telephone tel mobile telefon telefonnummer telefono",
    "website": "website web url homepage webseite site",
    "tax_number": "taxnumber taxid vat vatnumber vatid vatregno taxregistrationnumber ustid ustidnr umsatzsteuerid"
    " steuernummer nif siret tva numerotva partitaiva btwnummer btw nip",
    "bank_account": "bankaccount iban accountnumber bankaccountnumber bankverbindung kontonummer",
    "reference": "reference ref number customernumber customerid vendornumber vendorid contactnumber id code"
    " kundennummer lieferantennummer nummer externalid",
    "address": "address street streetaddress address1 addressline1 billingaddress adresse strasse straße rue direccion"
    " indirizzo adres",
    "city": "city town ort stadt ville ciudad citta plaats",
    "state": "state province region county bundesland",
    "zip_code": "zipcode zip postcode postalcode postal plz codepostal cp cap",
    "country": "country countrycode land pays pais paese",
    "language": "language locale sprache langue",
    "currency": "currency currencycode currencyid wahrung waehrung devise moneda valuta",
    "payment_terms_days": "paymenttermsdays paymentterms terms termsdays zahlungsziel netdays",
}
_FIELDS = {heading: name for name, headings in HEADINGS.items() for heading in headings.split()}


class Unreadable(Exception):
    """Why the file is no list of contacts, in words."""


@dataclass(slots=True)
class ContactFile:
    """Rows with the line each begins on, by field; ``ignored`` are headings that mean nothing here.

    A row whose cells cannot be told apart has none.
    """

    rows: list[tuple[int, dict[str, str] | None]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_contacts(data: bytes) -> ContactFile:
    """Read a file. Raises Unreadable."""
    text = decoded(data)
    if "\0" in text:
        raise Unreadable("The file is no text.")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    found, columns = ContactFile(), None
    for line, cells in _records(text):
        if cells is not None and not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            if cells is None:
                raise Unreadable(f"Line {line} is no valid CSV.")
            columns = _columns(cells, found)
            continue
        if cells is None or (len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :])):
            found.rows.append((line, None))
        else:
            row = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
            found.rows.append((line, row))
        if len(found.rows) > MOST_LINES:
            raise Unreadable(f"At most {MOST_LINES:,} contacts at once.")
    if not found.rows:
        raise Unreadable("The file has no rows.")
    return found


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else as Windows wrote it in the west."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def plain(heading: str) -> str:
    """A heading without what writers vary: ``E-Mail Address*`` is ``emailaddress``."""
    apart = unicodedata.normalize("NFKD", heading).casefold()
    return re.sub(r"[\W_]", "", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def _columns(cells: list[str], found: ContactFile) -> list[str | None]:
    columns: list[str | None] = []
    for cell in cells:
        name = _FIELDS.get(plain(cell))
        if name is None or name in columns:  # of two that mean the same the first one counts
            if cell.strip():
                found.ignored.append(cell.strip())
            name = None
        columns.append(name)
    if "name" not in columns:
        raise Unreadable("No column is a name: the first row must hold headings such as name, email, country.")
    return columns


def _records(text: str) -> Iterator[tuple[int, list[str] | None]]:
    head = next((line for line in text.split("\n") if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
