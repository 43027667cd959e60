"""What must always hold between documents, payments, open items and the books, asked of the rows themselves."""

from ledger.health.rules import POSTED, RESTORE, Rule, named

ITEMS = "select count(*) from ledger_openitem where organization_id = %(org)s"
DOCUMENTS = "select count(*) from ledger_document where organization_id = %(org)s and transaction_id is not null"

TRADE = (
    Rule(
        "open_items_are_their_movements",
        "What is open of an item, in its currency and in base currency, is the sum of its movements.",
        "The items were changed by hand; add up their movements as the owner of the database.",
        ITEMS,
        f"""select {named("OPI", "i.id")} from ledger_openitem i
             left join (select item_id, sum(amount) as amount, sum(base_amount) as base
                          from ledger_itemmovement where organization_id = %(org)s group by 1) m on m.item_id = i.id
            where i.organization_id = %(org)s and (m.amount, m.base) is distinct from (i.open_amount, i.open_base)""",
    ),
    Rule(
        "nothing_outlives_its_amount",
        "An item of which nothing is open carries nothing in base currency either.",
        RESTORE,
        ITEMS,
        f"""select {named("OPI", "id")} from ledger_openitem
            where organization_id = %(org)s and open_amount = 0 and open_base <> 0""",
    ),
    Rule(
        "open_items_on_control_accounts",
        "Every open item, settled or not, stands on a receivable or payable account.",
        "Give the account its role back.",
        ITEMS,
        f"""select {named("OPI", "i.id")} from ledger_openitem i
             join ledger_account a on a.organization_id = i.organization_id and a.id = i.account_id
            where i.organization_id = %(org)s and (a.role in ('receivable', 'payable')) is not true""",
    ),
    Rule(
        "items_within_amount_every_day",
        "On no day is more settled of an open item than there is of it.",
        "Something was settled before the day on which it was open again: take it out, and settle it from then on.",
        ITEMS,
        f"""select {named("OPI", "m.item_id")} || ' on ' || min(m.date) from (
               select item_id, date, sum(sum(amount)) over (partition by item_id order by date) as left_over
                 from ledger_itemmovement where organization_id = %(org)s group by item_id, date) m
             join ledger_openitem i on i.organization_id = %(org)s and i.id = m.item_id
            where m.left_over not between least(i.amount, 0) and greatest(i.amount, 0) group by m.item_id""",
    ),
    Rule(
        "control_accounts_tie_to_open_items",
        "On every day the movements of open items are what documents, payments and settlements have on the receivable "
        "and payable accounts.",
        RESTORE,
        POSTED,
        """select a.code || ' on ' || x.day from (
               select account_id, day, sum(amount) as amount, sum(base) as base from (
                   select m.account_id, m.date as day, m.amount, m.base_amount as base
                     from ledger_itemmovement m where m.organization_id = %(org)s
                    union all
                   select e.account_id, e.transaction_date, -e.amount, -e.base_amount
                     from ledger_source s
                     join ledger_entry e on e.organization_id = s.organization_id
                      and e.transaction_id = s.transaction_id
                     join ledger_account c on c.organization_id = e.organization_id and c.id = e.account_id
                    where s.organization_id = %(org)s and c.role in ('receivable', 'payable')
                      and (s.kind not in ('transfer', 'revaluation') or exists (
                           select from ledger_itemmovement m where m.organization_id = s.organization_id
                              and m.transaction_id = s.transaction_id))) y
                group by 1, 2 having sum(amount) <> 0 or sum(base) <> 0) x
             join ledger_account a on a.organization_id = %(org)s and a.id = x.account_id""",
    ),
    Rule(
        "taxes_tie_to_their_accounts",
        "What documents say of a tax is what their transactions have on its account.",
        RESTORE,
        "select count(*) from ledger_documenttax where organization_id = %(org)s",
        f"""select {named("TXN", "t.transaction_id")} from (
               select d.transaction_id, x.account_id, sum(x.posted) as posted
                 from ledger_documenttax x
                 join ledger_document d on d.organization_id = x.organization_id and d.id = x.document_id
                where x.organization_id = %(org)s and x.account_id is not null group by 1, 2) t
            where t.posted is distinct from (
                  select sum(e.base_amount) from ledger_entry e where e.organization_id = %(org)s
                     and e.transaction_id = t.transaction_id and e.account_id = t.account_id
                     and e.metadata ->> 'tax_id' is not null)""",
    ),
    Rule(
        "documents_tie_to_the_books",
        "Each issued document has one open item over its total, opened by its transaction.",
        RESTORE,
        DOCUMENTS,
        f"""select {named("TXN", "d.transaction_id")} from ledger_document d
             left join ledger_openitem i on i.organization_id = d.organization_id and i.object_id = d.id
            where d.organization_id = %(org)s and d.transaction_id is not null
              and (abs(i.amount), abs(i.base_amount), i.contact_id, i.account_id)
                  is distinct from (d.total, d.base_total, d.contact_id, d.account_id)""",
    ),
    Rule(
        "numbers_have_no_gap",
        "The numbers of a series and year are 1, 2, 3 … without a gap, as far as its counter says; some may be on "
        "documents that got them by hand.",
        RESTORE,
        "select count(*) from ledger_documentseries where organization_id = %(org)s",
        """select s.series || '-' || s.year from ledger_documentseries s
             left join (select series, series_year, count(*) as n, max(series_no) as last from ledger_document
                         where organization_id = %(org)s group by 1, 2) d
                    on d.series = s.series and d.series_year = s.year
            where s.organization_id = %(org)s and (d.n, d.last) is distinct from (s.last_no::bigint, s.last_no)
              and (d.last is distinct from s.last_no or exists (
                   select from generate_series(1, s.last_no) x(n)
                    where not exists (
                          select from ledger_document o where o.organization_id = %(org)s and o.series = s.series
                             and o.series_year = s.year and o.series_no = x.n)
                      and not exists (
                          select from ledger_document o where o.organization_id = %(org)s
                             and o.kind in ('invoice', 'credit_note')
                             and o.number = s.series || '-' || s.year || '-'
                                            || lpad(x.n::text, greatest(4, length(x.n::text)), '0'))))""",
    ),
    Rule(
        "credits_within_documents",
        "What a document says was credited is the sum of the credits to it, and no more than its total.",
        RESTORE,
        DOCUMENTS,
        f"""select {named("TXN", "d.transaction_id")} from ledger_document d
             left join (select original_id, sum(total) as total from ledger_document where organization_id = %(org)s
                           and original_id is not null and transaction_id is not null group by 1) c
                    on c.original_id = d.id
            where d.organization_id = %(org)s and d.transaction_id is not null
              and (d.credited <> coalesce(c.total, 0) or d.credited > d.total)""",
    ),
)
