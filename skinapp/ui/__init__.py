"""What pages are made of: the frame, shared inputs, panels, charts, errors and caches."""
