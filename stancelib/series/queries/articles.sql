-- The articles that count, each in the clock of the time zone. `story` is shared by the copies of
-- one article: it is below 0 for them, and the article's own number for all others.
create or replace temp table chosen_articles as
with stories_with_copies as (
    select duplicate_of as original, row_number() over (order by duplicate_of) as number
    from (select distinct duplicate_of from documents where duplicate_of is not null)
    where $duplicates = 'cluster'
)
select
    doc_id,
    documents.rowid::integer as number,
    case when $pooled then 'all' else source end as source,
    source as outlet,
    -- The mean of a stratum is taken first, where outlets have weights of their own.
    case when $by_outlet then source else '' end as stratum,
    coalesce(-stories_with_copies.number, documents.rowid)::integer as story,
    timezone($time_zone, published_at) as published_local,
    date_trunc($unit, timezone($time_zone, published_at)) as period,
    coalesce(document_weights.weight, outlet_weights.weight, 1.0) as weight
from documents
left join stories_with_copies on original = coalesce(duplicate_of, doc_id)
left join document_weights using (doc_id)
left join outlet_weights using (source)
where ($sources::varchar[] is null or list_contains($sources::varchar[], source))
    and ($duplicates <> 'drop' or duplicate_of is null);
