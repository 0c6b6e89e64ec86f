select
    sentence_id,
    scorer,
    p_negative,
    p_neutral,
    p_positive,
    sentiment,
    truncated
from sentiments
order by scorer, doc_id, position;
