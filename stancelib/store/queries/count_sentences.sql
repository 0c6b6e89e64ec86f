select
    (select count(*) from sentences) as sentences,
    (select count(*) from sentences_to_score) as pending;
