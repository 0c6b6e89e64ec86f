-- A number for each stratum: the articles on a target in a place.
create or replace temp table strata_keys as
select target, place, source, period, stratum,
    row_number() over (order by target, place)::integer as key
from places
cross join (select unnest($targets::varchar[]) as target);
