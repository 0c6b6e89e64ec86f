-- The predictions for the labelled pairs, and how many sentences of the same article are on the
-- same target: what a pair's share of its article's mean is.
with articles as (
    select
        scores.sentence_id,
        scores.target,
        scores.doc_id,
        sentences.voice::varchar as voice,
        sentences.part::varchar as part,
        scores.p_against,
        scores.p_neutral,
        scores.p_favor,
        scores.scorer,
        count(*) over (partition by scores.doc_id, scores.target) as n_sentences
    from scores
    semi join scored_mentions using (doc_id, position, target, start, "end")
    join sentences using (doc_id, position)
    where scores.scorer = $scorer
        and scores.doc_id in (select doc_id from labelled_pairs)
        and ($voice::varchar is null or sentences.voice::varchar = $voice)
        and ($part::varchar is null or sentences.part::varchar = $part)
)

select
    articles.sentence_id,
    articles.target,
    articles.doc_id,
    documents.source,
    documents.lang,
    articles.voice,
    articles.part,
    documents.published_at,
    labelled_pairs.label,
    articles.p_against,
    articles.p_neutral,
    articles.p_favor,
    articles.p_favor - articles.p_against as stance,
    labelled_pairs.stratum,
    labelled_pairs.n_population,
    labelled_pairs.inclusion_probability,
    labelled_pairs.cluster,
    labelled_pairs.cluster_probability,
    articles.n_sentences,
    articles.scorer
from articles
join labelled_pairs using (sentence_id, target)
join documents on documents.doc_id = articles.doc_id
order by labelled_pairs.stratum, articles.sentence_id, articles.target;
