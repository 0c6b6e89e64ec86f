delete from mentions
where doc_id in (from searched)
    and target in (select target from wanted);
