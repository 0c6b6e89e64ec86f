-- A store of schema version 1 knows no sentence sentiment; nothing else differs.
create table sentiments (
    doc_id varchar not null,
    position integer not null,
    scorer varchar not null,
    p_negative double not null,
    p_neutral double not null,
    p_positive double not null,
    truncated boolean not null,
    sentence_id varchar generated always as (doc_id || '#' || position) virtual,
    sentiment double generated always as (p_positive - p_negative) virtual
);
update meta set value = '2' where name = 'schema_version';
