select step::bigint as step, name, started_at, finished_at, stancelib, python, packages,
    arguments, seeds, inputs, counts
from manifest
order by step;
