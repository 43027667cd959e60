-- Revaluations: what was found is final; the journal has the rest.

alter table ledger_revaluation
    add constraint revaluation_date_in_range check (as_of between '1900-01-01' and '2200-12-30'),
    add constraint revaluation_amounts check (
        unrealised between -1e19 and 1e19 and realised between -1e19 and 1e19);
