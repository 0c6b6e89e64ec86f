-- Mentions of each form before and after an event, and the stance of the sentences in which that
-- form is the mention that was scored. Means are taken in a fixed order.
with
articles as (
    select
        doc_id,
        case when $pooled then 'all' else source end as source,
        published_at < $before_end as is_before
    from documents
    where ($sources::varchar[] is null or list_contains($sources::varchar[], source))
        and (
            (published_at < $before_end
                and ($before_start::timestamptz is null or published_at >= $before_start))
            or (published_at >= $after_start
                and ($after_end::timestamptz is null or published_at < $after_end))
        )
),

scored as (
    select scores.*
    from scores
    semi join scored_mentions using (doc_id, position, target, start, "end")
    where scores.scorer = $scorer
)

select
    mentions.target, source, mentions.kind::varchar as kind, alias,
    count(*) filter (is_before) as n_before,
    count(*) filter (not is_before) as n_after,
    count(scored.doc_id) filter (is_before) as n_scored_before,
    count(scored.doc_id) filter (not is_before) as n_scored_after,
    avg(scored.p_favor - scored.p_against order by mentions.doc_id, mentions.position) filter (is_before)
        as stance_before,
    avg(scored.p_favor - scored.p_against order by mentions.doc_id, mentions.position) filter (not is_before)
        as stance_after
from mentions
join articles using (doc_id)
join sentences using (doc_id, position)
left join scored on (
    scored.doc_id, scored.position, scored.target, scored.start, scored."end"
) = (
    mentions.doc_id, mentions.position, mentions.target, mentions.start, mentions."end"
)
where list_contains($targets::varchar[], mentions.target)
    and ($voice::varchar is null or sentences.voice::varchar = $voice)
group by mentions.target, source, kind, alias
order by mentions.target, source, n_before + n_after desc, kind, alias;
