-- Mentions of the wanted targets, and the articles that they stand in.
select count(*) as mentions, count(distinct doc_id) as documents
from mentions
semi join wanted using (target);
