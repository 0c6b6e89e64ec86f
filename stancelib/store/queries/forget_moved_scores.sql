-- Scores of a mention that is no longer the one to score, because an alias table changed.
delete from scores
where scorer = $scorer
    and target in (select target from wanted)
    and not exists (
        from scored_mentions as mention
        where mention.doc_id = scores.doc_id
            and mention.position = scores.position
            and mention.target = scores.target
            and mention.start = scores.start
            and mention."end" = scores."end"
    );
