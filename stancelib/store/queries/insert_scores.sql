insert into scores
    (doc_id, position, target, scorer, start, "end", p_against, p_neutral, p_favor, truncated)
select doc_id, position, target, $scorer, start, "end", p_against, p_neutral, p_favor, truncated
from pairs_to_score
join scored using (number)
order by doc_id, position, target;
