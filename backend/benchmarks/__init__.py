"""Each benchmark prints, last, a table of ratios against a named peer measured in the same run."""
