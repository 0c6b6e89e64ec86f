-- Every sentence without a sentiment, numbered in a stable order; `number` is that of the first
-- sentence with the same words in the same language, so that equal sentences share one number.
create or replace temp table sentences_to_score as
with unscored as (
    select doc_id, position, text, lang,
        row_number() over (order by doc_id, position) as own_number
    from sentences
    anti join (from sentiments where scorer = $scorer) as done using (doc_id, position)
)
select doc_id, position, text, lang,
    min(own_number) over (partition by text, lang) as number
from unscored;
