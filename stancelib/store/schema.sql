-- The tables of one store. A sentence is (doc_id, position) everywhere; `sentence_id` and
-- `stance` are computed when read, so that they take no room and cannot disagree. Texts are most
-- of a store; zstd takes a third of the room that DuckDB's own choice takes.

create type voice as enum ('author', 'quoted');
create type part as enum ('title', 'text');
-- In the order in which the mention that is scored is chosen.
create type alias_kind as enum ('name', 'institution', 'person', 'capital', 'demonym');

create table meta (
    name varchar primary key,
    value varchar not null
);

create table documents (
    doc_id varchar primary key,
    source varchar not null,
    published_at timestamptz not null,
    title varchar,
    text varchar not null using compression zstd,
    lang varchar not null,
    lang_margin double,
    url varchar,
    duplicate_of varchar
);

create table rejected (
    "row" bigint not null,
    reason varchar not null,
    value varchar,
    doc_id varchar,
    source varchar,
    title varchar
);

create table sentences (
    doc_id varchar not null,
    position integer not null,
    part part not null,
    text varchar not null using compression zstd,
    start integer not null,
    "end" integer not null,
    lang varchar not null,
    voice voice not null,
    speaker varchar,
    speaker_side varchar,
    sentence_id varchar generated always as (doc_id || '#' || position) virtual
);

create table mentions (
    doc_id varchar not null,
    position integer not null,
    target varchar not null,
    start integer not null,
    "end" integer not null,
    alias varchar not null,
    kind alias_kind not null,
    sentence_id varchar generated always as (doc_id || '#' || position) virtual
);

-- Which articles were searched for which target, with which alias table: an article without
-- mentions is told from one that was never searched, and a changed table searches again.
create table searches (
    doc_id varchar not null,
    target varchar not null,
    alias_hash varchar not null
);

-- The span of the mention is part of a score: a mention that moves is scored again.
create table scores (
    doc_id varchar not null,
    position integer not null,
    target varchar not null,
    scorer varchar not null,
    start integer not null,
    "end" integer not null,
    p_against double not null,
    p_neutral double not null,
    p_favor double not null,
    truncated boolean not null,
    sentence_id varchar generated always as (doc_id || '#' || position) virtual,
    stance double generated always as (p_favor - p_against) virtual
);

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

-- Targets that a scorer has scored in every article, with no score left over from an older alias
-- table. Whatever adds articles or searches again empties it, so that it can be believed.
create table completed (
    scorer varchar not null,
    target varchar not null
);

create table manifest (
    step integer primary key,
    name varchar not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    stancelib varchar not null,
    python varchar not null,
    packages varchar not null,
    arguments varchar not null,
    seeds varchar not null,
    inputs varchar not null,
    counts varchar
);

-- One mention a sentence and target: the kind of the highest priority, then the first.
create view scored_mentions as
select *
from mentions
qualify row_number() over (
    partition by doc_id, position, target
    order by kind, start
) = 1;
