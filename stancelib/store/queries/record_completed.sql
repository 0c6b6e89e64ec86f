insert into completed
select $scorer, target
from wanted
where target not in (select target from completed where scorer = $scorer);
