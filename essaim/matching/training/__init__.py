"""Makes the encoder that is shipped from ROME and ESCO. Needs SciPy (the extra `training`)."""
