-- Numbers for the places (source, period, stratum) of articles, because numbers are joined faster.
create or replace temp table places as
select source, period, stratum,
    row_number() over (order by source, period, stratum)::integer as place
from (select distinct source, period, stratum from chosen_articles);
