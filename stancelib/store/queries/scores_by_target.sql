select scorer, target, count(*) as pairs, count(distinct doc_id) as documents,
    count_if(truncated)::bigint as truncated
from scores
semi join scored_mentions using (doc_id, position, target, start, "end")
group by scorer, target
order by scorer, target;
