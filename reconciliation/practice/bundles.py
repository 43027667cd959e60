"""What is one thing at the bank and several in the books, or the other way round; and what the bank keeps. Pure."""

import datetime
from collections.abc import Iterator

from reconciliation.practice.handwriting import written_number
from reconciliation.practice.happenings import Happening, Month, Note, Slip

SHOPS = ("Harbor shop", "Station shop", "Market Hall shop")


def _parts(month: Month, total: int, count: int) -> list[int]:
    """A total in some parts, none of them nothing."""
    cuts = sorted(month.chance.sample(range(1, total), count - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


def takings(month: Month, count: int) -> Iterator[Happening]:
    """Card takings: one payment for all the tills of a day, which the books have apart, in one transaction or more."""
    days = [day for day in (month.day(number) for number in range(1, 32)) if day.weekday() != 6]
    for number in range(count):
        date = days[number % len(set(days))]
        voucher = next(month.numbers) if month.is_so(40) else 0
        shops = [f"{shop}, till {till}" for shop in SHOPS for till in (1, 2)]
        shops = sorted(month.chance.sample(shops, month.chance.randint(2, 5)))
        entries = [
            Note(date, month.cents(90_00, 900_00), f"Card takings {shop}", voucher=voucher, contact="")
            for shop in shops
        ]
        total = sum(entry.cents for entry in entries)
        line = Slip(month.at_bank(date, 1, 1, 2), total, "MERCHANT SETTLEMENT", "CARDPAY ACQ", f"{date:%d%m%y}")
        yield Happening([line], entries)


def net_payouts(month: Month, count: int) -> Iterator[Happening]:
    """The web shop's payments come net: a share is kept that depends on the cards used."""
    for number in range(count):
        date = month.day(1 + number * 30 // max(count, 1))
        gross = month.cents(120_00, 1_400_00)
        fee = gross * month.chance.choice((169, 169, 169, 175, 190, 240)) // 10_000 + month.chance.choice((0, 0, 25))
        line = Slip(
            month.at_bank(date, 1, 2, 2, 3), gross - fee, "PAYOUT", "WEBPAY EUROPE", f"{next(month.numbers) * 104729}"
        )
        text = month.chance.choice(("Web shop sales", "Webpay sales", "Online orders via Webpay"))
        contact = "Webpay" if month.is_so(60) else ""
        yield Happening([line], [Note(date, gross, text, contact)], fee)


def charged_wires(month: Month, count: int) -> Iterator[Happening]:
    """Payments from abroad, less the banks' charge."""
    for _ in range(count):
        party, number, cents = month.chance.choice(month.cast.customers), month.invoice(), month.cents(400_00, 5_000_00)
        fee, date = month.chance.choice((7_50, 15_00, 15_00, 12_35)), month.any_day()
        written = written_number(number, month.chance) if month.is_so(70) else ""
        line = Slip(month.at_bank(date, 0, 1, 2), cents - fee, "INTL WIRE IN", party.banked, "OUR REF FT", written)
        yield Happening([line], [Note(date, cents, reference=number, **month.named(party, "Payment received"))], fee)


def deposits(month: Month, count: int) -> Iterator[Happening]:
    """Cheques of several customers on one paying-in slip; the bank says no more than that."""
    for _ in range(count):
        date, slip = month.any_day(), f"DEP-{next(month.numbers)}" if month.is_so(60) else ""
        voucher = next(month.numbers) if month.is_so(25) else 0
        entries = []
        for _ in range(month.chance.randint(2, 5)):
            party = month.chance.choice(month.cast.customers)
            booked = date if month.is_so(80) or voucher else date - datetime.timedelta(days=month.chance.randint(1, 2))
            text = "Cheque received" if month.is_so(70) else f"Cheque {party.name}"
            entries.append(Note(booked, month.cents(30_00, 900_00), text, party.name, slip, voucher))
        total = sum(entry.cents for entry in entries)
        number = slip.removeprefix("DEP-") if month.is_so(50) else ""
        yield Happening(
            [Slip(month.at_bank(date, 0, 1, 1), total, "CHEQUE DEPOSIT", note="BR 0012", number=number)], entries
        )


def several_invoices(month: Month, count: int) -> Iterator[Happening]:
    """A customer pays some invoices at once; the books have a receipt for each, the payer lists all, some, or none."""
    for _ in range(count):
        party, date = month.chance.choice(month.cast.customers), month.any_day()
        numbers = [month.invoice() for _ in range(month.chance.choice((2, 2, 2, 3, 3, 4, 5)))]
        entries = [
            Note(date, month.cents(60_00, 1_800_00), "Payment received", party.name if month.is_so(88) else "", number)
            for number in numbers
        ]
        listed = month.chance.choice((numbers, numbers[:2], numbers[:1], [], []))
        note = " ".join(written_number(number, month.chance) for number in listed)
        total = sum(entry.cents for entry in entries)
        yield Happening([Slip(month.at_bank(date, 0, 0, 1, 2), total, "SEPA CREDIT", party.banked, note)], entries)


def several_lines(month: Month, count: int) -> Iterator[Happening]:
    """One entry, several lines: paid in instalments, wages booked in one sum, a payment cut up by the bank."""
    for number in range(count):
        date = month.any_day()
        if number % 3 == 0:
            workers = month.chance.sample(month.cast.workers, min(month.chance.randint(2, 4), len(month.cast.workers)))
            sums = [month.cents(150_00, 800_00) for _ in workers]
            paid = month.at_bank(date, 0)
            lines = [
                Slip(paid, -cents, "TRANSFER", each.banked, "BONUS") for cents, each in zip(sums, workers, strict=True)
            ]
            yield Happening(lines, [Note(date, -sum(sums), "Bonuses, total")])
            continue
        party, invoice, total = (
            month.chance.choice(month.cast.customers),
            month.invoice(),
            month.cents(300_00, 3_000_00),
        )
        parts, paid = _parts(month, total, month.chance.choice((2, 2, 2, 3))), month.at_bank(date, 0, 1)
        written = written_number(invoice, month.chance) if month.is_so(65) else ""
        lines = []
        for cents in parts:
            lines.append(Slip(paid, cents, "SEPA CREDIT", party.banked, "", written))
            paid = month.at_bank(paid, 0, 0, 1, 3)
        entry = Note(
            date, total, reference=invoice if month.is_so(85) else "", **month.named(party, "Payment received")
        )
        yield Happening(lines, [entry])


def only_at_the_bank(month: Month, count: int) -> Iterator[Happening]:
    """Fees, interest, and what nobody has booked."""
    for _ in range(count):
        date = month.at_bank(month.any_day(), 0)
        party = month.chance.choice((*month.cast.customers, *month.cast.suppliers, *month.cast.merchants))
        kind, cents, name = month.chance.choice(
            (
                ("MONTHLY SERVICE FEE", -38_50, ""),
                ("INTEREST PAID", month.cents(40, 19_00), ""),
                ("WIRE FEE", -15_00, ""),
                ("OVERDRAFT INTEREST", -month.cents(1_00, 30_00), ""),
                ("SEPA CREDIT", month.cents(60_00, 2_800_00), party.banked),
                ("POS CARD 4512", -month.cents(2_50, 140_00), party.banked),
                ("TRANSFER", -month.cents(40_00, 2_000_00), party.banked),
            )
        )
        yield Happening([Slip(date, cents, kind, name)])


def only_in_the_books(month: Month, count: int) -> Iterator[Happening]:
    """Cheques never cashed, receipts that went to another account, wages held back, what is still to come."""
    for _ in range(count):
        date, number = month.any_day(), next(month.numbers)
        party = month.chance.choice((*month.cast.customers, *month.cast.suppliers, *month.cast.merchants))
        cents, text, reference = month.chance.choice(
            (
                (-month.cents(30_00, 1_500_00), "Cheque", str(number)),
                (month.cents(60_00, 2_800_00), "Payment received", f"INV-{number}"),
                (month.cents(60_00, 2_800_00), "Receipt", ""),
                (-month.cents(40_00, 2_200_00), "Supplier payment", str(number * 3)),
                (-month.cents(2_50, 140_00), "Card purchase", ""),
                (month.chance.choice((9_99, 19_99, 29_00)), "Club dues, arrears", ""),
                (-month.chance.choice((412_50, 380_00, 1_200_00, 500_00)), "Correction", ""),
            )
        )
        yield Happening(entries=[Note(date, cents, reference=reference, **month.named(party, text))])
