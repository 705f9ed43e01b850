"""What the web server calls.

Everything is loaded before the first request, and then set apart from what Python looks through for garbage: else a
full look stops a page for a tenth of a second, since it goes over all that was ever loaded.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.site.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  # the pages of every door
gc.collect()
gc.freeze()
