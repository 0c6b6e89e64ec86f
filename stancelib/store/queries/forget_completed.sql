delete from completed
where target in (select target from wanted);
