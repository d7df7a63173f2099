"""From facts and circumstances to findings, scores, grades, suspect clusters and plans."""
