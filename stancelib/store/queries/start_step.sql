insert into manifest
    (step, name, started_at, stancelib, python, packages, arguments, seeds, inputs)
values
    ($step, $name, $started_at, $stancelib, $python, $packages, $arguments, $seeds, $inputs);
