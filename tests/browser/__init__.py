"""Stories told in headless Chromium: each is one test in English, its steps in the same file."""
