-- What a coder reads of each wanted pair: the sentence, its mention, and the sentences around it in
-- the same part of the article. $scorer may be null: then nobody's prediction is asked for.
with coded as (
    select
        wanted.sentence_id, wanted.target, wanted.doc_id, wanted.position,
        sentences.part, sentences.text, sentences.lang,
        scored_mentions.start::bigint as start,
        scored_mentions."end"::bigint as "end"
    from wanted
    join sentences using (doc_id, position)
    join scored_mentions using (doc_id, position, target)
),
around as (
    select
        coded.sentence_id,
        string_agg(other.text, ' ' order by other.position)
            filter (other.position < coded.position) as before,
        string_agg(other.text, ' ' order by other.position)
            filter (other.position > coded.position) as after
    from (select distinct sentence_id, doc_id, position, part from coded) as coded
    join sentences as other
        on other.doc_id = coded.doc_id
        and other.part = coded.part
        and other.position between coded.position - $context and coded.position + $context
    group by coded.sentence_id
)
select
    coded.sentence_id, coded.target, around.before, coded.text, coded.start, coded."end",
    around.after, coded.lang,
    documents.source, documents.published_at, documents.title as headline,
    scores.p_against, scores.p_neutral, scores.p_favor,
    scores.p_favor - scores.p_against as stance
from coded
join around using (sentence_id)
join documents using (doc_id)
left join scores
    on scores.doc_id = coded.doc_id
    and scores.position = coded.position
    and scores.target = coded.target
    and scores.scorer = $scorer
order by coded.doc_id, coded.position, coded.target;
