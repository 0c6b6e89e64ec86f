insert into meta
select unnest($names), unnest($values);
