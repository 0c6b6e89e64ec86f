-- Sentences -> articles -> cells of (target, source, period).
-- Sums are taken in a fixed order, so that the same scores give the same bytes.
with
-- Each article in the clock of the time zone; `story` is shared by the copies of one article.
articles as (
    select
        doc_id,
        source as outlet,
        case when $pooled then 'all' else source end as source,
        coalesce(duplicate_of, doc_id) as story,
        timezone($time_zone, published_at) as published_local,
        date_trunc($unit, timezone($time_zone, published_at)) as period
    from documents
    where $sources::varchar[] is null or list_contains($sources::varchar[], source)
),

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

-- Every (target, source, period), whether there is anything in it or not.
grid as (
    select target, source, period
    from (select unnest($targets::varchar[]) as target)
    cross join (select distinct source from articles)
    cross join periods
),

-- Sentence -> article: the mean over its sentences on the target.
article_means as (
    select
        target, source, period, story, doc_id,
        count(*) as n_sentences,
        avg(p_against order by position) as p_against,
        avg(p_neutral order by position) as p_neutral,
        avg(p_favor order by position) as p_favor,
        avg(p_favor - p_against order by position) as stance
    from scores
    join scored_mentions as mention using (doc_id, position, target, start, "end")
    join sentences using (doc_id, position)
    join articles using (doc_id)
    where scores.scorer = $scorer
        and list_contains($targets::varchar[], target)
        and ($voice::varchar is null or sentences.voice::varchar = $voice)
        and ($part::varchar is null or sentences.part::varchar = $part)
        and ($kinds::varchar[] is null or list_contains($kinds::varchar[], mention.kind::varchar))
    group by target, source, period, story, doc_id
),

-- Article -> cell: the mean over its articles.
cell_means as (
    select
        target, source, period,
        sum(n_sentences)::bigint as n_sentences,
        count(*) as n_documents,
        count(distinct story) as n_stories,
        avg(p_against order by doc_id) as share_against,
        avg(p_neutral order by doc_id) as share_neutral,
        avg(p_favor order by doc_id) as share_favor,
        avg(stance order by doc_id) as stance
    from article_means
    group by target, source, period
),

-- The error of that mean, with stories as clusters: what the copies of one story deviate is
-- added up before it is squared.
story_deviations as (
    select target, source, period, story,
        sum(article.stance - cell.stance order by doc_id) as deviation
    from article_means as article
    join cell_means as cell using (target, source, period)
    group by target, source, period, story
),

cell_errors as (
    select target, source, period,
        case when count(*) > 1 then
            sqrt(count(*) / (count(*) - 1) * sum(deviation * deviation order by story))
        end as root_of_squares
    from story_deviations
    group by target, source, period
),

-- What was collected at all, on the target or not.
collected as (
    select
        source, period,
        count(distinct published_local::date)
            / date_diff('day', period, period + $step::interval) as share_of_days,
        count(distinct outlet)
            / (select count(distinct outlet) from articles) as share_of_sources
    from articles
    group by source, period
),

-- A wall clock that is shown twice, at the end of summer time, is meant the first time.
instants as (
    select period,
        case
            when timezone($time_zone, timezone($time_zone, period) - interval 1 hour) = period
            then timezone($time_zone, period) - interval 1 hour
            else timezone($time_zone, period)
        end as first_instant
    from periods
)

select
    target,
    source,
    first_instant as period,
    stance,
    root_of_squares / n_documents as se,
    coalesce(n_sentences, 0) as n_sentences,
    coalesce(n_documents, 0) as n_documents,
    coalesce(n_stories, 0)::double as n_effective,
    share_against,
    share_neutral,
    share_favor,
    coalesce(case when $pooled then share_of_sources else share_of_days end, 0) as coverage
from grid
join instants using (period)
left join cell_means using (target, source, period)
left join cell_errors using (target, source, period)
left join collected using (source, period)
order by target, source, grid.period;
