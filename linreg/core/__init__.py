"""What a student reads: the settings table, data, models, the five steps, the record of a run."""
