"""WHAT WE OWE IN WRITING. Kinds of letter, frozen data, paper and carriers. Knows no referral."""
