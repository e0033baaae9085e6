"""Rows into pictures: what pages and reports show alike."""
