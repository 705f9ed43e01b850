"""GG.1538, Referral for Second Opinion: one folder per edition; `questions` holds the only doors."""
