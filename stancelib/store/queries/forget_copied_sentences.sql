delete from sentences_to_score
where exists (
    from sentiments
    where sentiments.scorer = $scorer
        and sentiments.doc_id = sentences_to_score.doc_id
        and sentiments.position = sentences_to_score.position
);
