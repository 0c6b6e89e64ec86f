"""Draw the picture of the README: ``python docs/make_readme_picture.py``.

The series is simulated, with a known shift after a known event, so that it shows no outlet.
"""
