"""The desk: the work list, intake, the referral page and the decision page."""
