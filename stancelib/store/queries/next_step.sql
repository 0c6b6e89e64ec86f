select coalesce(max(step), 0) + 1 as step
from manifest;
