-- The same words with the same mention were scored before, in another article.
insert into scores
    (doc_id, position, target, scorer, start, "end", p_against, p_neutral, p_favor, truncated)
with known as (
    select distinct on (text, lang, target, scores.start, scores."end")
        text, lang, target, scores.start, scores."end", p_against, p_neutral, p_favor, truncated
    from scores
    join sentences using (doc_id, position)
    where scorer = $scorer
    order by doc_id, position
)
select doc_id, position, target, $scorer, start, "end", p_against, p_neutral, p_favor, truncated
from pairs_to_score
join known using (text, lang, target, start, "end")
order by doc_id, position, target;
