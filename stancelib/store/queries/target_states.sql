-- For each target that was ever searched: is the search complete, how many pairs has it, and how
-- many of them lack a score by this scorer?
with searched as (
    select target, count(*) as n_searched, count(distinct alias_hash) as n_tables
    from searches
    group by target
),
pairs as (
    select target, count(*) as n_pairs, count(scores.doc_id) as n_scored
    from scored_mentions
    left join (from scores where scorer = $scorer) as scores
        using (doc_id, position, target, start, "end")
    group by target
)
select target,
    (select count(*) from documents) - n_searched as n_unsearched,
    n_tables,
    coalesce(n_pairs, 0) as n_pairs,
    coalesce(n_scored, 0) as n_scored
from searched
left join pairs using (target)
order by target;
