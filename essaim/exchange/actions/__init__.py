"""Writes of mutual help, by subject: capacity, needs, asks, help, ledger, escalation."""
