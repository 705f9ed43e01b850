"""Pages for Members: no account, one referral, plain words."""
