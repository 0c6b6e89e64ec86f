insert into sentiments
    (doc_id, position, scorer, p_negative, p_neutral, p_positive, truncated)
select doc_id, position, $scorer, p_negative, p_neutral, p_positive, truncated
from sentences_to_score
join scored using (number)
order by doc_id, position;
