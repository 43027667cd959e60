"""The words of documents in the languages that they are written in. Pure: no Django."""

#: For each word, what it is in each of LANGUAGES.
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
_WORDS: dict[str, tuple[str, ...]] = {
    "invoice": ("Invoice", "Rechnung", "Facture", "Factura", "Fattura", "Factuur"),
    "credit_note": ("Credit note", "Gutschrift", "Avoir", "Factura rectificativa", "Nota di credito", "Creditnota"),
    "bill": ("Bill", "Eingangsrechnung", "Facture d’achat", "Factura de compra", "Fattura d’acquisto", "Inkoopfactuur"),
    "vendor_credit": (
        "Vendor credit",
        "Lieferantengutschrift",
        "Avoir fournisseur",
        "Abono de proveedor",
        "Nota di credito fornitore",
        "Leverancierscredit",
    ),
    "statement": (
        "Statement of account",
        "Kontoauszug",
        "Relevé de compte",
        "Estado de cuenta",
        "Estratto conto",
        "Rekeningoverzicht",
    ),
    "number": ("Number", "Nummer", "Numéro", "Número", "Numero", "Nummer"),
    "issue_date": ("Date", "Datum", "Date", "Fecha", "Data", "Datum"),
    "due_date": ("Due date", "Fällig am", "Échéance", "Vencimiento", "Scadenza", "Vervaldatum"),
    "order_number": ("Order number", "Bestellnummer", "N° de commande", "N.º de pedido", "N. ordine", "Ordernummer"),
    "refers_to": ("Refers to", "Bezug", "Référence", "Referencia", "Riferimento", "Betreft"),
    "bill_to": ("Bill to", "Rechnung an", "Facturé à", "Facturar a", "Intestato a", "Factuur aan"),
    "tax_number": ("Tax ID", "USt-IdNr.", "N° TVA", "NIF", "P. IVA", "Btw-nummer"),
    "description": ("Description", "Beschreibung", "Description", "Descripción", "Descrizione", "Omschrijving"),
    "quantity": ("Quantity", "Menge", "Quantité", "Cantidad", "Quantità", "Aantal"),
    "unit_price": ("Unit price", "Einzelpreis", "Prix unitaire", "Precio", "Prezzo unitario", "Stukprijs"),
    "discount": ("Discount", "Rabatt", "Remise", "Descuento", "Sconto", "Korting"),
    "tax": ("Tax", "Steuer", "Taxe", "Impuesto", "Imposta", "Btw"),
    "amount": ("Amount", "Betrag", "Montant", "Importe", "Importo", "Bedrag"),
    "subtotal": ("Subtotal", "Zwischensumme", "Sous-total", "Subtotal", "Subtotale", "Subtotaal"),
    "on": ("on", "auf", "sur", "sobre", "su", "over"),
    "total": ("Total", "Gesamtbetrag", "Total", "Total", "Totale", "Totaal"),
    "amount_paid": ("Paid", "Bereits bezahlt", "Déjà payé", "Pagado", "Già pagato", "Betaald"),
    "amount_due": ("Amount due", "Offener Betrag", "Reste à payer", "Importe pendiente", "Da pagare", "Te betalen"),
    "payment": (
        "Payment details",
        "Bankverbindung",
        "Coordonnées bancaires",
        "Datos bancarios",
        "Coordinate bancarie",
        "Betaalgegevens",
    ),
    "notes": ("Notes", "Anmerkungen", "Remarques", "Observaciones", "Note", "Opmerkingen"),
    "terms": (
        "Terms",
        "Zahlungsbedingungen",
        "Conditions de paiement",
        "Condiciones de pago",
        "Condizioni di pagamento",
        "Betalingsvoorwaarden",
    ),
    "page": (
        "Page {page} of {pages}",
        "Seite {page} von {pages}",
        "Page {page} sur {pages}",
        "Página {page} de {pages}",
        "Pagina {page} di {pages}",
        "Pagina {page} van {pages}",
    ),
    "draft": ("Draft", "Entwurf", "Brouillon", "Borrador", "Bozza", "Concept"),
    "paid": ("Paid", "Bezahlt", "Payé", "Pagado", "Pagato", "Betaald"),
    "cancelled": ("Cancelled", "Storniert", "Annulé", "Anulado", "Annullato", "Geannuleerd"),
    "sample": ("Sample", "Muster", "Spécimen", "Muestra", "Esempio", "Voorbeeld"),
    # VAT Directive 2006/112/EC, article 226 (11a), in the wording of each language's version.
    "reverse_charge": (
        "Reverse charge",
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Autoliquidation",
        "Inversión del sujeto pasivo",
        "Inversione contabile",
        "Btw verlegd",
    ),
}


def words_of(language: str) -> dict[str, str]:
    """All words in a language (ISO 639-1); in English where the language is none of ours."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {name: forms[place] for name, forms in _WORDS.items()}
