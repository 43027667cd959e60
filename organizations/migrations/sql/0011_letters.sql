-- Letters: what one says is final once it is written; how far it came is not.

alter table organizations_letter
    add constraint letter_status check (
        status in ('queued', 'sent', 'failed') and (status = 'sent') = (sent_at is not null)),
    add constraint letter_counts check (round >= 0 and attempts >= 0),
    add constraint letter_addresses check (
        jsonb_typeof(to_addresses) = 'array' and jsonb_array_length(to_addresses) > 0
        and jsonb_typeof(cc_addresses) = 'array'),
    -- A line break in what becomes a header would begin another header.
    add constraint letter_headers check (
        (subject || sender || sender_name || reply_to || to_addresses::text || cc_addresses::text) !~ '[[:cntrl:]]'
        and (to_addresses::text || cc_addresses::text) !~ '\\[nru]' and btrim(subject) <> '');

grant update (status, round, attempts, next_attempt_at, last_error, sent_at, updated_at)
    on organizations_letter to crane_app;

alter table organizations_letterattachment
    add constraint letter_attachment_size check (octet_length(content) <= 10485760),
    add constraint letter_attachment_number check (number > 0);
-- PDF is compressed already.
alter table organizations_letterattachment alter column content set storage external;
