"""Jobs at their times: the timetable, one process a job, what falls silent, figures and health for monitors."""
