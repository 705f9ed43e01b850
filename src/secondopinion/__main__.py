"""``python -m secondopinion`` is the command ``secondopinion``."""

import sys

from secondopinion.site.command import main

sys.exit(main(sys.argv[1:]))
