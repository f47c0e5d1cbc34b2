"""Tests that drive a real browser against a real server that draws with a tiny random model."""
