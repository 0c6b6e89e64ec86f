select
    (select count(*) from scored_mentions semi join wanted using (target)) as pairs,
    (select count(distinct doc_id) from mentions semi join wanted using (target)) as documents,
    (select count(*) from pairs_to_score) as pending;
