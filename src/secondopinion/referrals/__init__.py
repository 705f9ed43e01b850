"""THE LIFE OF A REFERRAL. One table of steps, one door, one history."""
