-- Article -> story: sums over the copies of one story in one stratum, each with its weight.
create or replace temp table stories as
with articles as (
    select key, story, weight, n_sentences,
        weight * p_against as against,
        weight * p_neutral as neutral,
        weight * p_favor as favor
    from article_scores
    join (
        select number, place, story, weight
        from chosen_articles
        join places using (source, period, stratum)
    ) using (number)
    join strata_keys using (target, place)
)
select key, story, 1 as n_documents, n_sentences, weight, against, neutral, favor
from articles
where story >= 0
union all
select
    key, story,
    count(*) as n_documents,
    sum(n_sentences)::bigint as n_sentences,
    from_steps(sum(to_wide_steps(weight))) as weight,
    from_steps(sum(to_wide_steps(against))) as against,
    from_steps(sum(to_wide_steps(neutral))) as neutral,
    from_steps(sum(to_wide_steps(favor))) as favor
from articles
where story < 0
group by key, story;
