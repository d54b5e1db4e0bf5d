"""Datasets as their publishers lay them out, splits, and LabelMe annotations."""
