"""The live Buzz: what its screens are told and shown. Its rows are in `models.buzz`."""
