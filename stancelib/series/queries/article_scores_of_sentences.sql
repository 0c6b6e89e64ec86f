-- Sentence -> article: the weighted mean over those of the article's sentences on the target that
-- are asked for. A score counts only at the mention that is scored today.
create or replace temp table article_scores as
with lengths as (
    select doc_id, count(*) as length
    from sentences
    group by doc_id
),

chosen as (
    select number, target, position, length, sentences.part, p_against, p_neutral, p_favor
    from scores
    join scored_mentions as mention using (doc_id, position, target, start, "end")
    join sentences using (doc_id, position)
    join lengths using (doc_id)
    join (select doc_id, number from chosen_articles) using (doc_id)
    where scores.scorer = $scorer
        and list_contains($targets::varchar[], target)
        and ($voice::varchar is null or sentences.voice::varchar = $voice)
        and ($part::varchar is null or sentences.part::varchar = $part)
        and ($kinds::varchar[] is null or list_contains($kinds::varchar[], mention.kind::varchar))
),

weighted as (
    select *,
        case $sentence_weights
            when 'uniform' then 1.0
            -- From 1 at the head of the article down to 1 / length at its end.
            when 'position' then 1 - position / length
            -- The title's share of the article, or the rest, shared by the sentences of that part.
            when 'headline' then
                case when part = 'title' then $headline_share else 1 - $headline_share end
                / count(*) over (partition by number, target, part)
        end as weight
    from chosen
),

sums as (
    select
        number, target,
        count(*) as n_sentences,
        from_steps(sum(to_steps(weight))) as weight,
        from_steps(sum(to_steps(weight * p_against))) as p_against,
        from_steps(sum(to_steps(weight * p_neutral))) as p_neutral,
        from_steps(sum(to_steps(weight * p_favor))) as p_favor
    from weighted
    group by number, target
)

select
    number, target, n_sentences,
    p_against / weight as p_against,
    p_neutral / weight as p_neutral,
    p_favor / weight as p_favor
from sums;
