"""What is done to persons, ventures, skills and network roles, by subject."""
