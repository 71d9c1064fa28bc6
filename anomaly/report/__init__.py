"""Pages and files for people: what was flagged on a day, and why."""
