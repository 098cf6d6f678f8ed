"""The page of findings: sums that fail, breaks across years, copies that differ; and, apart from them, questions."""
