-- Every pair that a sample can hold: a sentence and a target, with what strata are made of.
select
    scores.sentence_id,
    scores.target,
    scores.doc_id,
    documents.source,
    documents.lang,
    sentences.voice::varchar as voice,
    sentences.part::varchar as part,
    documents.published_at,
    date_trunc($unit, timezone($time_zone, documents.published_at)) as period,
    scores.p_against,
    scores.p_neutral,
    scores.p_favor
from scores
semi join scored_mentions using (doc_id, position, target, start, "end")
join sentences using (doc_id, position)
join documents using (doc_id)
where scores.scorer = $scorer
    and list_contains($targets::varchar[], scores.target)
    and ($sources::varchar[] is null or list_contains($sources::varchar[], documents.source))
order by scores.doc_id, scores.position, scores.target;
