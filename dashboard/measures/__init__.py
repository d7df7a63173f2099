"""The statistic indexes as officers see them: on a page, as HTML and as PDF."""
