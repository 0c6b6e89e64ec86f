update manifest
set finished_at = $finished_at, counts = $counts
where step = $step;
