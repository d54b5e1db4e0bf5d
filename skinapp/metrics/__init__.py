"""Arrays in, numbers out: segmentation, classification, calibration."""
