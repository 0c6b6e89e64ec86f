select
    sentence_id,
    target,
    scorer,
    p_against,
    p_neutral,
    p_favor,
    stance,
    truncated
from scores
semi join scored_mentions using (doc_id, position, target, start, "end")
order by scorer, doc_id, position, target;
