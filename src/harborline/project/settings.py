"""Django's settings; everything an operator may set is an environment variable named in docs/operate/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from harborline.project import databases
from harborline.project.connections import BindingCursor, PooledConnection
from harborline.project.home import home, keys_directory
from harborline.project.proxies import proxies
from harborline.project.secret import secret_key
from harborline.sites import settings as sites
from harborline.workforce.agency_settings import providers
from harborline.workforce.profiles import chosen_profile

BASE_DIR = Path(__file__).resolve().parents[1]
SECRET_KEY = secret_key(keys_directory())
DEBUG = False
ALLOWED_HOSTS = os.environ.get("HARBORLINE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("HARBORLINE_ORIGINS", "").split(",") if origin]
PROXIES = proxies(os.environ.get("HARBORLINE_PROXIES", ""))
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
    "harborline.disclosure",
    "harborline.recovery",
    "harborline.exchange",
    "harborline.documents",
    "harborline.messaging",
    "harborline.contact",
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
    "allauth.socialaccount",
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
# What repeats is bound and planned by the server once: else it plans the walls' policies anew in every question.
_PREPARED = {"server_side_binding": True, "cursor_factory": BindingCursor, "prepare_threshold": 3}
DATABASES = {
    "default": _embedded_or_server.django(
        pool={"min_size": 1, "max_size": 8, "timeout": 20, "connection_class": PooledConnection},
        **_PREPARED,
    ),
    # The same role on a connection of its own: records that must stay when the request rolls back.
    "apart": _embedded_or_server.django(**_PREPARED),
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
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
# The passkey itself asks for a finger, a face or a PIN: what you have and what you are, or know.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "authenticate": "harborline.workforce.second_factor.CodeForm",
    "reauthenticate": "harborline.workforce.second_factor.CodeAgainForm",
    "authenticate_webauthn": "harborline.workforce.second_factor.PasskeyForm",
    "reauthenticate_webauthn": "harborline.workforce.second_factor.PasskeyAgainForm",
}
SOCIALACCOUNT_ADAPTER = "harborline.workforce.agency.AgencyAccounts"
SOCIALACCOUNT_PROVIDERS = providers(
    issuer=os.environ.get("HARBORLINE_OIDC_ISSUER", ""),
    client=os.environ.get("HARBORLINE_OIDC_CLIENT", ""),
    secret_file=os.environ.get("HARBORLINE_OIDC_SECRET_FILE", ""),
    name=os.environ.get("HARBORLINE_OIDC_NAME", "your agency account"),
    acr=os.environ.get("HARBORLINE_OIDC_ACR", ""),
)
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Harborline"
LOGIN_REDIRECT_URL = "/console/"
LOGIN_URL = "/accounts/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "harborline.workforce.passwords.ProfileValidator"},
    {"NAME": "harborline.workforce.passwords.PlainPasswordValidator"},
    {"NAME": "harborline.workforce.passwords.BreachedPasswordValidator"},
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
USERSESSIONS_ADAPTER = "harborline.workforce.signin.WorkerSessionsAdapter"

HARBORLINE_SIGN_IN_PROFILE = chosen_profile(os.environ.get("HARBORLINE_SIGN_IN_PROFILE", "irs-1075"))
BREACHED_PASSWORDS = os.environ.get("HARBORLINE_BREACHED_PASSWORDS", "")
SECOND_FACTOR_REQUIRED = not DEMO
# Where the quick way out of the portal leads: a public page that tells nothing.
PORTAL_EXIT = os.environ.get("HARBORLINE_PORTAL_EXIT", "https://www.weather.gov/")
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
# Uploads are sealed from their first byte, with a key that lives in memory: no plaintext temporary files.
FILE_UPLOAD_HANDLERS = ["harborline.sites.sealing.SealingUploadHandler"]
DOCUMENT_BYTES = int(os.environ.get("HARBORLINE_DOCUMENT_BYTES", str(50 * 1024 * 1024)))
DOCUMENT_FILES = int(os.environ.get("HARBORLINE_DOCUMENT_FILES", "20"))
# What one participant may hand in within a day: more than anybody needs, less than fills a disk.
DOCUMENT_DAY_BYTES = int(os.environ.get("HARBORLINE_DOCUMENT_DAY_BYTES", str(1024**3)))
DOCUMENT_DAY_SUBMISSIONS = int(os.environ.get("HARBORLINE_DOCUMENT_DAY_SUBMISSIONS", "40"))
DOCUMENT_ISOLATION = os.environ.get("HARBORLINE_DOCUMENT_ISOLATION", "full")
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
