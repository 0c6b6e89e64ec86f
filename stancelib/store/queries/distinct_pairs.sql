create or replace temp table distinct_pairs as
select number, any_value(text) as text, any_value(lang) as lang, any_value(target) as target,
    any_value(start)::bigint as start, any_value("end")::bigint as "end"
from pairs_to_score
group by number
order by number;
