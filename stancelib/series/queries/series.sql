-- Cells to a series: every (target, source, period), whether there is anything in it or not.
with
-- The periods in which the first and the last article lie, or `start` and `end`.
span as (
    select
        date_trunc($unit, coalesce(timezone($time_zone, $start_at::timestamptz), min(published_local)))
            as first_period,
        date_trunc($unit, coalesce(timezone($time_zone, $end_at::timestamptz), max(published_local)))
            as last_period
    from (select timezone($time_zone, published_at) as published_local from documents)
),

periods as (
    select unnest(generate_series(first_period, last_period, $step::interval)) as period
    from span
),

grid as (
    select target, source, period
    from (select unnest($targets::varchar[]) as target)
    cross join (select distinct source from chosen_articles)
    cross join periods
),

-- What was collected at all, on the target or not.
collected as (
    select
        source, period,
        count(*) as n_published,
        count(distinct published_local::date)
            / date_diff('day', period, period + $step::interval) as share_of_days,
        count(distinct outlet)
            / (select count(distinct outlet) from chosen_articles) as share_of_sources
    from chosen_articles
    group by source, period
),

-- A day that a country left out, when it crossed the date line, is no period.
instants as (
    select period, first_instant($time_zone, period) as first_instant
    from periods
    where date_trunc($unit, timezone($time_zone, first_instant($time_zone, period))) = period
)

select
    target,
    source,
    first_instant as period,
    p_favor - p_against as stance,
    se,
    freedom as degrees_of_freedom,
    coalesce(n_sentences, 0) as n_sentences,
    coalesce(n_documents, 0) as n_documents,
    coalesce(n_effective, 0) as n_effective,
    coalesce(n_published, 0) as n_published,
    coalesce(n_documents, 0) / n_published as salience,
    p_against as share_against,
    p_neutral as share_neutral,
    p_favor as share_favor,
    coalesce(case when $pooled then share_of_sources else share_of_days end, 0) as coverage
from grid
join instants using (period)
left join cells using (target, source, period)
left join collected using (source, period)
order by target, source, grid.period;
