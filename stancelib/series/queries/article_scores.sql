-- Sentence -> article: the mean over the article's sentences on the target.
create or replace temp table article_scores as
with sums as (
    select
        number, target,
        count(*) as n_sentences,
        sum(to_steps(p_against)) as p_against,
        sum(to_steps(p_neutral)) as p_neutral,
        sum(to_steps(p_favor)) as p_favor
    from scores
    join (select doc_id, number from chosen_articles) using (doc_id)
    where scorer = $scorer
        and list_contains($targets::varchar[], target)
    group by number, target
)
select
    number, target, n_sentences,
    from_steps(p_against) / n_sentences as p_against,
    from_steps(p_neutral) / n_sentences as p_neutral,
    from_steps(p_favor) / n_sentences as p_favor
from sums;
