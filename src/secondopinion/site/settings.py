"""Settings. What differs between places comes from the environment; see docs/operate.md."""

import os
from datetime import timedelta
from pathlib import Path

from secondopinion.site import database, keys, state


def _said(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in {"1", "yes", "true", "on"}


CLONE = state.CLONE
HERE = Path(__file__).resolve().parent
STATE = state.home()

SECRET_KEY = os.environ.get("SECONDOPINION_SECRET_KEY") or state.kept_secret("session-key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SECONDOPINION_HOSTS", "localhost 127.0.0.1 [::1]").split()

INSTALLED_APPS = [
    "secondopinion.site",  # first, so that its templates stand before Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_htmx",
    "secondopinion.people",
    "secondopinion.directory",
    "secondopinion.letters",
    "secondopinion.referrals",
    "secondopinion.portal",
    "secondopinion.desk",
    "secondopinion.fhir",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "secondopinion.site.packing.PackedPages",
    "secondopinion.site.front.FrontDoor",
    "secondopinion.site.security.StrictHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "secondopinion.site.limits.Limits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "secondopinion.desk.purpose.AsksWhy",
]

ROOT_URLCONF = "secondopinion.site.urls"
WSGI_APPLICATION = "secondopinion.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# One database, reached in two ways: see site/role.py.
DATABASES = {alias: address.for_django() for alias, address in database.addresses().items()}
DATABASE_ROUTERS = ["secondopinion.site.router.OnlyTheOwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Los_Angeles"

# Who is signed in
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "secondopinion.site.passwords.NotOfTheseWords"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_QUIET = timedelta(minutes=int(os.environ.get("SECONDOPINION_QUIET_MINUTES", "30")))
"""How long a session lasts in which nobody does anything; NIST SP 800-63B asks for no more than an hour."""
SESSION_LONGEST = timedelta(hours=int(os.environ.get("SECONDOPINION_SESSION_HOURS", "10")))
"""How long any session lasts: a working day."""
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "secondopinion.site.pages.stale_form"

# What a browser and a proxy may do
PROXIES = int(os.environ.get("SECONDOPINION_PROXIES", "1" if _said("SECONDOPINION_HTTPS") else "0"))
"""How many proxies of our own stand in front, each of which adds the address it was called from."""
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if _said("SECONDOPINION_HTTPS"):  # behind a proxy that ends TLS and sets X-Forwarded-Proto
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 2 * 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # The browser itself then refuses such a cookie from another host, another path, or without TLS.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a form, its files not counted; see site/limits.py
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes: above this an upload waits on disk
PACE = float(os.environ.get("SECONDOPINION_PACE", "1"))
"""How many times as much may be asked in a time as site/limits.py says."""

# What pages look like
USWDS = CLONE / "node_modules" / "@uswds" / "uswds" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS = [(f"uswds/{part}", str(USWDS / part)) for part in ("fonts", "img")]
STATICFILES_FINDERS = [
    "secondopinion.site.wearing.NarrowedSheet",  # uswds/css/uswds.min.css, as far as our pages wear it
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = STATE / "files"

# Jobs: inside the caller's transaction, on the caller's connection
PROCRASTINATE_DATABASE_ALIAS = "default"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "secondopinion.site.log_lines.PlainLines",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "secondopinion": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}

SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # before `npm ci` there is no USWDS folder

# Ours
PROVIDERS = os.environ.get("SECONDOPINION_PROVIDERS", "")
"""The file that names the OpenID providers of the plan and of its networks. See docs/operate.md."""
FILE_KEYS = keys.for_files()
"""The keys that kept files are sealed under; the first seals, all of them open."""
FILE_SCANNER = os.environ.get("SECONDOPINION_CLAMD", "")
"""A clamd that looks at every file besides the scanner of the house: `host:port`, or the path of a socket."""
PRINT_HOUSE = Path(os.environ.get("SECONDOPINION_PRINT_HOUSE") or STATE / "print-house")
"""The folder the print house fetches letters from."""
LETTERS_APPROVED_ONLY = not state.is_for_trying_out()
"""Whether a letter whose wording nobody has approved stays here. Only made-up people get letters that are drafts."""
BATCH_CLOSES = os.environ.get("SECONDOPINION_BATCH_CLOSES", "11:00 15:00 23:50")
"""When a day's batches are closed, Pacific time; what comes later goes into the next one."""
FAX = os.environ.get("SECONDOPINION_FAX", "")
FAX_TOKEN = os.environ.get("SECONDOPINION_FAX_TOKEN", "")
MAIL = os.environ.get("SECONDOPINION_MAIL", "")
MAIL_FROM = os.environ.get("SECONDOPINION_MAIL_FROM", "")
MAIL_USER = os.environ.get("SECONDOPINION_MAIL_USER", "")
MAIL_PASSWORD = os.environ.get("SECONDOPINION_MAIL_PASSWORD", "")
MAIL_TRUSTED = Path(os.environ["SECONDOPINION_MAIL_TRUSTED"]) if "SECONDOPINION_MAIL_TRUSTED" in os.environ else None
"""Fax and encrypted e-mail; offices get their letters by mail where neither is set up. See docs/operate.md."""
SHARED = Path(os.environ.get("SECONDOPINION_SHARED") or CLONE.parent / "shared")
"""Where the guides' packages and examples lie, when they are on this machine at all."""
