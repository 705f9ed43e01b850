"""Whole lives of referrals, each a branch of the rules from receipt to its end, as an auditor would read them."""
