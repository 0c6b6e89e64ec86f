-- A store of schema version 2 does not remember which scores are complete; nothing else differs.
create table completed (
    scorer varchar not null,
    target varchar not null
);
update meta set value = '3' where name = 'schema_version';
