"""Runs the models."""
