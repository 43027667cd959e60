"""The statements of a group as if it were one (IFRS 10): members added up, what they owe each other taken out.

Minority interests are the share of others in what a member has and earned. The proof says for each class of accounts
how the group came of its members: their sum, plus eliminations, plus translation, is the group.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import CLOSING_TYPES
from organizations import ids, scoping
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import add_up, at_rate, exact, wide
from organizations.tenants.models import Organization
from reports.behind import ITS_OWN, UNCLOSED
from reports.consolidation.eliminating import Eliminations, eliminate, named
from reports.consolidation.group import WHOLE, Member, members_of
from reports.consolidation.translating import Translated, Translator
from reports.figures import ZERO
from reports.periods import Period
from reports.statements import Wish

#: How the group's accounts are told apart: by code and type.
Key = tuple[str, str]
SECTIONS = (
    ("asset", "assets", "Assets", 1), ("liability", "liabilities", "Liabilities", -1),
    ("equity", "equity", "Equity", -1), ("revenue", "revenue", "Revenue", -1), ("expense", "expenses", "Expenses", 1),
)  # fmt: skip
SIGNS = {kind: sign for kind, _, _, sign in SECTIONS}


@dataclass(frozen=True, slots=True)
class GroupWish:
    """What is asked for. ``mapping`` sends accounts of a member, by code, to the group's: number → code → code."""

    root: Organization
    period: Period
    currency: str
    income_rate: str = "average"
    chosen: list[int] | None = None
    mapping: Mapping[int, Mapping[str, str]] | None = None


@wide()
def consolidate(wish: GroupWish) -> dict:
    """The report. Raises Invalid, ExchangeRateMissing."""
    decimals = decimals_of(wish.currency)
    members = members_of(wish.root, wish.chosen, day=wish.period.end)
    with scoping.reading([wish.root.pk, *(member.number for member in members)]):
        translator = Translator(wish.root, wish.currency, decimals, wish.period, wish.income_rate)
        entities = [translator.translate(member) for member in members]
        _refuse_unknown(wish, entities)
        eliminations = eliminate(translator, entities)
    return _Report(wish, decimals, entities, eliminations).answer()


def _refuse_unknown(wish: GroupWish, entities: list[Translated]) -> None:
    """What is mapped must be there: else its amounts would stay where they are, and nobody would be told."""
    codes = {each.member.number: {place.account.code for place in each.places.values()} for each in entities}
    problems = {}
    for number, mapped in (wish.mapping or {}).items():
        where = f"account_mapping.{ids.encode('ORG', number)}"
        if number not in codes:
            problems[where] = "It is no member of what is consolidated."
        else:
            unknown = [code for code in mapped if code not in codes[number]]
            problems |= {f"{where}.{code}": "It has no account with this code." for code in unknown}
    if problems:
        raise Invalid(fields=problems)


class _Report:
    """Puts the parts together."""

    def __init__(self, wish: GroupWish, decimals: int, entities: list[Translated], eliminations: Eliminations):
        self.wish, self.decimals = wish, decimals
        self.entities, self.eliminations = entities, eliminations
        self.by_number = {each.member.number: each for each in entities}
        self.names: dict[Key, str] = {}
        self.rows: dict[Key, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.gone: dict[Key, Decimal] = defaultdict(Decimal)
        self.accounts: dict[Key, dict[int, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for entity in entities:
            whole, own = Period(None, wish.period.end), Period(entity.since, wish.period.end)
            for amounts, period in ((entity.standing, whole), (entity.income, own)):
                for number, amount in amounts.items():
                    key = self._key(entity, number)
                    self.rows[key][entity.member.number] += amount
                    self.accounts[key][entity.member.number].append(self._account(entity, number, period))
        for (one, account, _), amount in [*eliminations.standing.items(), *eliminations.income.items()]:
            self.gone[self._key(self.by_number[one], account)] += amount

    def answer(self) -> dict:
        """The report as the API shows it."""
        income = self._income()
        equity_rows = self._equity_rows(income)
        sections = [self._section(*each, extra=equity_rows if each[0] == "equity" else []) for each in SECTIONS]
        totals = {part["name"]: part["total"] for part in sections}
        minority = self._minority()
        both = exact(totals["liabilities"] + totals["equity"], self.decimals)
        return {
            "object": "consolidated",
            "title": "Consolidated statements",
            "organization_id": self.wish.root.public_id,
            "currency": self.wish.currency,
            "start_date": self.wish.period.start,
            "end_date": self.wish.period.end,
            "income_rate": self.wish.income_rate,
            "entities": [self._entity(each) for each in self.entities],
            "sections": sections,
            "total_assets": totals["assets"],
            "total_liabilities": totals["liabilities"],
            "total_equity": totals["equity"],
            "total_revenue": totals["revenue"],
            "total_expenses": totals["expenses"],
            "net_income": income,
            "minority_interest": minority[0],
            "minority_income": minority[1],
            "equity_of_owners": exact(totals["equity"] - minority[0], self.decimals),
            "income_of_owners": exact(income - minority[1], self.decimals),
            "translation_difference": exact(-add_up(each.difference for each in self.entities), self.decimals),
            "is_balanced": totals["assets"] == both,
            "eliminations": list(self._taken_out()),
            "mismatches": [
                {"organization_ids": named(pair), "kind": kind, "amount": exact(amount, self.decimals)}
                for (pair, kind), amount in self.eliminations.open.items()
            ],
            "translation": list(self._translation()),
            "proof": self._proof(totals),
        }

    # -- Parts -------------------------------------------------------------------------------------

    def _key(self, entity: Translated, number: int) -> Key:
        account = entity.places[number].account
        sent = (self.wish.mapping or {}).get(entity.member.number, {})
        key = (sent.get(account.code, account.code), account.type)
        if key not in self.names or (entity.member.number == self.wish.root.pk and account.code == key[0]):
            self.names[key] = account.name
        return key

    def _account(self, entity: Translated, number: int, period: Period) -> dict:
        """An account of a member, and where its entries are, in the member's own currency."""
        account = entity.places[number].account
        behind = UNCLOSED if account.type in CLOSING_TYPES else ITS_OWN
        query = Wish(entity.member.organization, [period]).entries_query(number, period, behind)
        return {"account_id": account.public_id, "code": account.code, "entries_query": query}

    def _section(self, kind: str, name: str, title: str, sign: int, *, extra: list[dict]) -> dict:
        rows = []
        for key in sorted(key for key in self.rows.keys() | self.gone.keys() if key[1] == kind):
            own = {number: amount for number, amount in self.rows.get(key, {}).items() if amount}
            gone = self.gone.get(key, ZERO)
            if own or gone:
                rows.append(self._row(key, own, gone, sign))
        total = exact(add_up(row["amount"] for row in [*rows, *extra]), self.decimals)
        return {"name": name, "title": title, "total": total, "rows": [*rows, *extra]}

    def _row(self, key: Key, own: Mapping[int, Decimal], gone: Decimal, sign: int) -> dict:
        return {
            "code": key[0],
            "name": self.names[key],
            "account_type": key[1],
            "amount": exact(add_up([*own.values(), gone]) * sign, self.decimals),
            "eliminated": exact(gone * sign, self.decimals),
            "entities": [
                {
                    "organization_id": ids.encode("ORG", number),
                    "amount": exact(amount * sign, self.decimals),
                    "accounts": self.accounts[key][number],
                }
                for number, amount in own.items()
            ],
        }

    def _equity_rows(self, income: Decimal) -> list[dict]:
        """Equity that stands on no account: earnings, translation, and what pairs do not agree on."""
        earned = -add_up(amount for each in self.entities for amount in each.earlier.values())
        earlier = add_up([earned, -add_up(self.eliminations.earlier.values())])
        translated = -add_up(each.difference for each in self.entities)
        differences = add_up(self.eliminations.open.values())
        rows = [
            ("Earnings of earlier periods, not closed", earlier),
            ("Earnings of the period", income),
            ("Translation difference", translated),
            ("Intercompany differences", differences),
        ]
        return [
            {"code": "", "name": name, "account_type": "equity", "amount": exact(amount, self.decimals),
             "eliminated": exact(ZERO, self.decimals), "entities": []}
            for name, amount in rows if amount or name == "Earnings of the period"
        ]  # fmt: skip

    def _income(self) -> Decimal:
        own = add_up(amount for each in self.entities for amount in each.income.values())
        return exact(-add_up([own, *self.eliminations.income.values()]), self.decimals)

    def _minority(self) -> tuple[Decimal, Decimal]:
        """The share of others in net assets and in income; each member's own books, before eliminations.

        Income is shared as its days were: by what others had when it was earned.
        """
        interest, income = [ZERO], [ZERO]
        for each in self.entities:
            share = (WHOLE - each.member.share) / WHOLE
            interest.append(at_rate(each.sum_of(each.standing, "asset", "liability"), share, self.decimals))
            income += [
                at_rate(-earned, (WHOLE - each.member.share_on(stretch.start)) / WHOLE, self.decimals)
                for stretch, earned in each.earned
            ]
        return exact(add_up(interest), self.decimals), exact(add_up(income), self.decimals)

    def _entity(self, each: Translated) -> dict:
        member: Member = each.member
        assets, owed = each.sum_of(each.standing, "asset"), -each.sum_of(each.standing, "liability")
        return {
            "organization_id": member.organization.public_id,
            "name": member.organization.name,
            "currency": member.organization.base_currency_id,
            "ownership_percentage": member.share.normalize() + 0,
            "closing_rate": each.closing_rate.normalize() + 0,
            "average_rate": each.average_rate.normalize() + 0,
            "total_assets": exact(assets, self.decimals),
            "total_liabilities": exact(owed, self.decimals),
            "total_equity": exact(assets - owed, self.decimals),
            "net_income": exact(-add_up(each.income.values()), self.decimals),
            "translation_difference": exact(-each.difference, self.decimals),
        }

    def _taken_out(self) -> Iterator[dict]:
        parts = self.eliminations
        for amounts in (parts.standing, parts.earlier, parts.income):
            for (one, number, other), amount in sorted(amounts.items()):
                account = self.by_number[one].places[number].account
                yield {
                    "organization_id": ids.encode("ORG", one),
                    "counterparty_organization_id": ids.encode("ORG", other),
                    "account_id": account.public_id,
                    "code": account.code,
                    "amount": exact(amount, self.decimals),
                }

    def _translation(self) -> Iterator[dict]:
        for each in self.entities:
            for number, at_closing, used in each.explained:
                if at_closing != used:
                    account = each.places[number].account
                    yield {
                        "organization_id": each.member.organization.public_id,
                        "account_id": account.public_id,
                        "code": account.code,
                        "at_closing_rate": exact(at_closing, self.decimals),
                        "translated": exact(used, self.decimals),
                        "difference": exact(used - at_closing, self.decimals),
                    }

    def _proof(self, totals: dict[str, Decimal]) -> list[dict]:
        """For each class: members + eliminations + translation + differences = group."""
        rows = []
        for kind, name, _, sign in SECTIONS:
            own = add_up(each.sum_of({**each.standing, **each.income}, kind) for each in self.entities) * sign
            gone = add_up(amount for key, amount in self.gone.items() if key[1] == kind) * sign
            translation = differences = ZERO
            if kind == "equity":
                own = add_up([own, -add_up(sum_of_results(each) for each in self.entities)])
                taken = [*self.eliminations.earlier.values(), *self.eliminations.income.values()]
                gone = add_up([gone, -add_up(taken)])
                translation = -add_up(each.difference for each in self.entities)
                differences = add_up(self.eliminations.open.values())
            rows.append(
                {
                    "class": name,
                    "entities": exact(own, self.decimals),
                    "eliminations": exact(gone, self.decimals),
                    "translation": exact(translation, self.decimals),
                    "differences": exact(differences, self.decimals),
                    "group": totals[name],
                    "is_proven": add_up([own, gone, translation, differences]) == totals[name],
                }
            )
        return rows


def sum_of_results(entity: Translated) -> Decimal:
    """What stands on revenue and expenses of one member, debit positive."""
    return add_up([*entity.earlier.values(), *entity.income.values()])
