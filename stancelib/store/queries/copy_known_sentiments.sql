-- The same words were scored before, in another article.
insert into sentiments
    (doc_id, position, scorer, p_negative, p_neutral, p_positive, truncated)
with known as (
    select distinct on (text, lang) text, lang, p_negative, p_neutral, p_positive, truncated
    from sentiments
    join sentences using (doc_id, position)
    where scorer = $scorer
    order by doc_id, position
)
select doc_id, position, $scorer, p_negative, p_neutral, p_positive, truncated
from sentences_to_score
join known using (text, lang)
order by doc_id, position;
