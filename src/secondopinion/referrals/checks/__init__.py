"""What must be true of every referral, one small class each; the runner is `referrals.overnight`."""
