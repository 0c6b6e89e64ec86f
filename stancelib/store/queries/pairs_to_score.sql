-- Every (sentence, target) without a score, numbered in a stable order; `number` is that of the
-- first pair with the same words, so that equal pairs share one number.
create or replace temp table pairs_to_score as
with unscored as (
    select mention.doc_id, mention.position, mention.target, mention.start, mention."end",
        sentences.text, sentences.lang,
        row_number() over (order by mention.doc_id, mention.position, mention.target) as own_number
    from scored_mentions as mention
    join sentences using (doc_id, position)
    semi join wanted using (target)
    anti join (from scores where scorer = $scorer) as done using (doc_id, position, target)
)
select doc_id, position, target, start, "end", text, lang,
    min(own_number) over (partition by text, lang, target, start, "end") as number
from unscored;
