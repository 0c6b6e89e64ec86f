-- The strongest sentences of each side; the same text counts once.
with candidates as (
    select
        scores.target,
        case when stance < 0 then 'against' else 'favor' end as side,
        abs(stance) as strength,
        stance, p_against, p_neutral, p_favor,
        sentences.text,
        scores.start::bigint as start,
        scores."end"::bigint as "end",
        documents.source, documents.published_at, documents.url, documents.title,
        sentences.voice::varchar as voice, sentences.speaker,
        sentences.lang, scores.doc_id, scores.position
    from scores
    semi join scored_mentions using (doc_id, position, target, start, "end")
    join sentences using (doc_id, position)
    join documents using (doc_id)
    where scores.scorer = $scorer
        and scores.target = $target
        and stance <> 0
        and ($source::varchar is null or documents.source = $source)
        and ($voice::varchar is null or sentences.voice::varchar = $voice)
        and ($start_at::timestamptz is null or documents.published_at >= $start_at)
        and ($end_at::timestamptz is null or documents.published_at < $end_at)
),
distinct_texts as (
    from candidates
    qualify row_number() over (
        partition by side, text
        order by strength desc, published_at, doc_id, position
    ) = 1
)
select target, side, stance, p_against, p_neutral, p_favor, text, start, "end",
    source, published_at, url, title, voice, speaker, lang, doc_id
from distinct_texts
qualify row_number() over (
    partition by side
    order by strength desc, published_at, doc_id, position
) <= $n
order by side, strength desc, published_at, doc_id, position;
