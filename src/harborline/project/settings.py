"""Django's settings; everything an operator may set is an environment variable named in docs/operate/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from harborline.project import databases
from harborline.project.home import home, keys_directory
from harborline.project.secret import secret_key
from harborline.sites import settings as sites

BASE_DIR = Path(__file__).resolve().parents[1]
SECRET_KEY = secret_key(keys_directory())
DEBUG = False
ALLOWED_HOSTS = os.environ.get("HARBORLINE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("HARBORLINE_ORIGINS", "").split(",") if origin]
PUBLIC_URL = os.environ.get("HARBORLINE_PUBLIC_URL", "http://localhost:8000")
# A home that was made by the demonstration stays one: invented people, fictional numbers, a moved clock.
DEMO = (home() / "demo-clock.json").exists()
METRICS_TOKEN = os.environ.get("HARBORLINE_METRICS_TOKEN", "")
WEBHOOK_REACH = "loopback" if DEMO else os.environ.get("HARBORLINE_WEBHOOK_REACH", "public")
BLOB_DIRECTORY = home() / "blobs"
# Numbers 555-01XX exist for fiction only; the demo and the tests may dial them.
FICTIONAL_NUMBERS = DEMO or os.environ.get("HARBORLINE_FICTIONAL_NUMBERS") == "1"

ROOMS = [
    "harborline.walls",
    "harborline.ledger",
    "harborline.vault",
    "harborline.people",
    "harborline.workforce",
    "harborline.consent",
    "harborline.vendors",
    "harborline.retention",
    "harborline.recovery",
    "harborline.exchange",
    "harborline.messaging",
    "harborline.oversight",
    "harborline.adapters.simulator",
    "harborline.sites",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    *ROOMS,
]
MIDDLEWARE = sites.MIDDLEWARE
ROOT_URLCONF = "harborline.project.urls"
WSGI_APPLICATION = "harborline.project.wsgi.application"
TEMPLATES = sites.TEMPLATES

_embedded_or_server = databases.login(databases.APP)
DATABASES = {
    "default": _embedded_or_server.django(pool={"min_size": 1, "max_size": 8, "timeout": 20}, prepare_threshold=3),
    # The same role on a connection of its own: records that must stay when the request rolls back.
    "apart": _embedded_or_server.django(prepare_threshold=3),
}
if databases.embedded() or os.environ.get("HARBORLINE_MIGRATE_URL"):
    DATABASES["migrator"] = databases.login(databases.MIGRATE).django(options="-c role=hl_owner")
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "harborline_cache"}}

AUTH_USER_MODEL = "workforce.Worker"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "harborline.workforce.signin.WorkerAccountAdapter"
MFA_ADAPTER = "harborline.workforce.signin.SealedMFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Harborline"
LOGIN_REDIRECT_URL = "/console/"
LOGIN_URL = "/accounts/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # IRS Publication 1075 as summarised for agencies asks for 14 characters (setting; see docs/controls.md).
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_NAME = "harborline"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
USERSESSIONS_TRACK_ACTIVITY = True

SECOND_FACTOR_REQUIRED = not DEMO
BANNER = os.environ.get("HARBORLINE_BANNER", "")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "sites" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "sites" / "static"]
STATIC_ROOT = home() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Uploads stay in memory up to the limit and are sealed from there: no plaintext temporary files.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

CONTENT_SECURITY_POLICY = sites.CONTENT_SECURITY_POLICY
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HARBORLINE_LOG_LEVEL", "WARNING")},
}
