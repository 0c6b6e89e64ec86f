create or replace temp table distinct_sentences as
select number, any_value(text) as text, any_value(lang) as lang
from sentences_to_score
group by number
order by number;
