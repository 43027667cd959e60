-- Stationery: how documents look. It has no part in the books.

alter table ledger_stationery
    add constraint stationery_accent check (accent_color ~ '^#[0-9a-f]{6}$'),
    add constraint stationery_terms check (payment_terms_days between 0 and 365),
    add constraint stationery_prefixes check (
        invoice_prefix ~ '^[A-Za-z0-9-]+$' and credit_note_prefix ~ '^[A-Za-z0-9-]+$'
        and bill_prefix ~ '^[A-Za-z0-9-]+$' and vendor_credit_prefix ~ '^[A-Za-z0-9-]+$'),
    add constraint stationery_logo check (
        (logo is null and logo_type = '')
        or (logo is not null and logo_type in ('image/png', 'image/jpeg') and octet_length(logo) <= 1048576));

-- What it is and whose is final; all else may change.
grant update (legal_name, address, email, phone, website, tax_number, bank_details, footer, default_notes,
    default_terms, payment_terms_days, locale, accent_color, invoice_prefix, credit_note_prefix, bill_prefix,
    vendor_credit_prefix, email_subject, email_body, logo, logo_type, metadata, updated_at)
    on ledger_stationery to crane_app;
-- A logo is compressed already.
alter table ledger_stationery alter column logo set storage external;
