"""Every setting of an installation, from the environment, with defaults that work for a demo.

`.env.example` lists what an operator sets; `essaim check-deploy` says what is missing.
"""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from config.secret import kept_secret
from config.sqlite import sqlite_options

# The products of matching are small: the threads of a BLAS would wait for each other at full speed,
# on the processors that other requests want (half of the cost of a search of helpers, measured).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env: Any = environ.Env()  # type: ignore[no-untyped-call]
env.read_env(BASE_DIR / ".env")

# Files that the installation writes (database, uploads, matching index): never under the web root.
VAR_DIR = Path(env.str("ESSAIM_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("ESSAIM_DEBUG", default=False)
SECRET_KEY = env.str("ESSAIM_SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret-key")
ALLOWED_HOSTS = env.list("ESSAIM_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.str("ESSAIM_URL", default="http://localhost:8000")
HTTPS = PUBLIC_URL.startswith("https://")
# Where browsers find live events: the port that `essaim serve` opens beside its own, or, behind a
# proxy, /direct/ of the site. Without either, pages ask again every few seconds.
LIVE_PORT = env.int("ESSAIM_LIVE_PORT", default=0)
NETWORK_NAME = env.str("ESSAIM_NETWORK_NAME", default="Essaim")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "essaim.core",
    "essaim.people",
    "essaim.hubs",
    "essaim.exchange",
    "essaim.home",
    # After our own apps, whose templates come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "essaim.core.csp.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "essaim.core.caching.keep_private",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "essaim.home.frame.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]
if DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = [
        ("template_partials.loader.Loader", ["django.template.loaders.app_directories.Loader"])
    ]
FORM_RENDERER = "essaim.core.forms.Renderer"

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("ESSAIM_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'essaim.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= sqlite_options()
else:
    # A pool, because a new PostgreSQL connection per request costs more CPU than the page.
    DATABASES["default"] |= {
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
            # To compile a query that runs in 5 ms took 100.
            "options": "-c jit=off",
        },
        "CONN_MAX_AGE": 0,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counters of log-in attempts must be shared by the web processes: a table, on either database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- who signs in, and how -------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:day"
ACCOUNT_LOGOUT_REDIRECT_URL = "home:front"
ACCOUNT_ADAPTER = "essaim.hubs.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
# Eight digits: a phone offers them by itself, and three guesses an attempt lead nowhere.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
# Never per address alone: whoever knows my address could keep me out by failing in my name.
# The keys of `login_failed` and `code_asked` hold the network address too (essaim.hubs.accounts).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
    "code_asked": "3/m/key,10/h/key",
}
ACCOUNT_FORMS = {
    "login": "essaim.hubs.account_forms.SignInForm",
    "request_login_code": "essaim.hubs.account_forms.AskCodeForm",
    "confirm_login_code": "essaim.hubs.account_forms.LoginCodeForm",
    "confirm_email_verification_code": "essaim.hubs.account_forms.AddressCodeForm",
    "confirm_password_reset_code": "essaim.hubs.account_forms.ResetCodeForm",
    "reset_password": "essaim.hubs.account_forms.ForgottenPasswordForm",
    "reset_password_from_key": "essaim.hubs.account_forms.NewPasswordForm",
    "change_password": "essaim.hubs.account_forms.ChangePasswordForm",
    "set_password": "essaim.hubs.account_forms.ChoosePasswordForm",
    "add_email": "essaim.hubs.account_forms.NewAddressForm",
    "reauthenticate": "essaim.hubs.account_forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "essaim.hubs.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = NETWORK_NAME
# Browsers allow passkeys on http://localhost only; any other address needs HTTPS anyway.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_FORMS = {
    "authenticate": "essaim.hubs.account_forms.SecondFactorForm",
    "reauthenticate": "essaim.hubs.account_forms.ConfirmSecondFactorForm",
    "activate_totp": "essaim.hubs.account_forms.AddAppForm",
    "add_webauthn": "essaim.hubs.account_forms.AddPasskeyForm",
    "edit_webauthn": "essaim.hubs.account_forms.RenamePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
# Only a proxy of ours may say where a request comes from.
BEHIND_PROXY = env.bool("ESSAIM_BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# Staff of a partner may sign in through their own house; nobody else, and nobody unknown.
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
# A link, because our policy lets no form lead to another site. What is at stake is small: the
# worst that a forged link does is to sign the person in as themselves.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_ADAPTER = "essaim.hubs.accounts.PartnerLoginAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
OIDC_DOMAINS: list[str] = []
if OIDC_SERVER := env.str("ESSAIM_OIDC_SERVER", default=""):
    # Only where it serves: what it brings along weighs ten megabytes in each process.
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
    # Whose addresses the partner may vouch for: its own domains, never everybody's.
    OIDC_DOMAINS = [domain.lower() for domain in env.list("ESSAIM_OIDC_DOMAINS")]
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "partner",
                "name": env.str("ESSAIM_OIDC_NAME", default="Partner"),
                "client_id": env.str("ESSAIM_OIDC_CLIENT_ID"),
                "secret": env.str("ESSAIM_OIDC_SECRET"),
                "settings": {"server_url": OIDC_SERVER, "oauth_pkce_enabled": True},
            }
        ]
    }

# --- safety ----------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A file larger than this is refused while it arrives, before any of it is read.
UPLOAD_MAX_BYTES = env.int("ESSAIM_UPLOAD_MAX_MB", default=10) * 1_000_000
FILE_UPLOAD_HANDLERS = [
    "essaim.core.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # decided by ESSAIM_URL above

# --- language, time, files -------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
USE_TZ = True
TIME_ZONE = env.str("ESSAIM_TIME_ZONE", default="Europe/Paris")
FORMAT_MODULE_PATH = "essaim.core.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "documents"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "essaim.core.static_files.RememberedStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- mail ------------------------------------------------------------------------------------

# Without a mail server, mails are written to files that the demonstration shows.
EMAIL_CONFIG = env.email_url("ESSAIM_EMAIL_URL", default="filemail://")
# Shorter than the time for which the outbox lends an errand to a worker.
EMAIL_TIMEOUT = 60
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "ESSAIM_EMAIL_FROM", default=f"{NETWORK_NAME} <essaim@localhost>"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("ESSAIM_LOG_LEVEL", default="INFO")},
}
