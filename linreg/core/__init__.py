"""The part that a student reads: settings, data, models, the five steps, the record of a run."""
