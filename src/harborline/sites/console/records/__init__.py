"""Pages of the records: the proof log's standing, schedules, holds and disposal, exports for a court."""
