"""What the scorecard is made of: rows of single photographs, figures with intervals, comparisons."""
