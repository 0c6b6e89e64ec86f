delete from pairs_to_score
where exists (
    from scores
    where scores.scorer = $scorer
        and scores.doc_id = pairs_to_score.doc_id
        and scores.position = pairs_to_score.position
        and scores.target = pairs_to_score.target
);
