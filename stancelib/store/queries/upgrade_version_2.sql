-- A store of schema version 2 does not know on whose side a speaker is: null in its rows.
alter table sentences add column speaker_side varchar;
update meta set value = '3' where name = 'schema_version';
