-- A store of schema version 2 does not know on whose side a speaker is: null in its rows. Nor does
-- it remember which scores are complete.
alter table sentences add column speaker_side varchar;
create table completed (
    scorer varchar not null,
    target varchar not null
);
update meta set value = '3' where name = 'schema_version';
