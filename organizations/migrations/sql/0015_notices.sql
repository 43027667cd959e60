-- What members are written to about.

alter table organizations_noticesettings
    add constraint notices_delivery check (delivery in ('off', 'at_once', 'daily')),
    add constraint notices_kinds check (cardinality(kinds) <= 50 and (delivery = 'off' or cardinality(kinds) > 0));
