"""Clinics near a visitor, and appointments there."""
