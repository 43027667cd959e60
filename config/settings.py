"""Every setting of Crane Ledger, once.

Safe unless told otherwise: without `CRANE_ENV=local` this is production, and production refuses to start with DEBUG, a
missing or weak secret key, any-host access or no servers named. `make run`, the tests and a bare `manage.py` are local:
they use the checkout's own servers and a generated key under `.local/`.
"""

import datetime
import os
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

from config import attachments, env, extras, links, mail
from config.embedded import record
from config.logs import logging_settings

ROOT = Path(__file__).resolve().parent.parent
LOCAL = env.is_local()
LOCAL_DIR = record.local_dir(ROOT)
_RECORDED = record.addresses(LOCAL_DIR) if LOCAL else {}

# --- Safety -----------------------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", default=record.secret_key(LOCAL_DIR)) if LOCAL else env.text("SECRET_KEY")
# Keys of before: what they signed (sessions, cursors, receipts of past answers) stays good.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", default=[])
# What seals the secrets of others, the newest first; SECRET_KEY where there are none. See organizations/sealing.py.
SECRETS_KEYS = env.words("SECRETS_KEYS", default=[])
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "organizations.wire.refusing.forbidden_by_csrf"

if not LOCAL:
    if DEBUG:
        raise env.EnvironmentProblem("DEBUG is for CRANE_ENV=local only: it shows settings and source to strangers.")
    for _name, _keys in (
        ("SECRET_KEY", [SECRET_KEY]),
        ("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS),
        ("SECRETS_KEYS", SECRETS_KEYS),
    ):
        if any(len(key) < 40 or len(set(key)) < 10 or key.startswith("django-insecure-") for key in _keys):
            raise env.EnvironmentProblem(f"{_name} must be at least 40 random characters each; it signs or seals.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise env.EnvironmentProblem("ALLOWED_HOSTS must name the hosts that are served; * and nothing are refused.")

# A proxy that ends TLS in front of us must set X-Forwarded-Proto itself, or strangers could.
if env.flag("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand in front and add to X-Forwarded-For.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", default=0, most=10)
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^health(/live|/ready)?$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else env.integer("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
# To be put on the browsers' own lists is a promise for a whole domain, and its owner's to make.
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
# With this prefix browsers take the cookie from this very host over HTTPS only, and from no neighbour below the domain.
_HOST = "" if LOCAL else "__Host-"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # a link in a letter leads to the page, not to the login
SESSION_ENGINE = "organizations.logins.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60  # without a request
SESSION_LONGEST = 12 * 60 * 60  # since the login, whatever was asked
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("MAX_REQUEST_BYTES", default=16 * 1024 * 1024)
MAX_BATCH_BYTES = env.integer("MAX_BATCH_BYTES", default=64 * 1024 * 1024)  # of a batch, which becomes a job
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the admin posts every line of a long draft
FILE_UPLOAD_PERMISSIONS = 0o600

# --- The house --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "mptt",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "organizations",
    "ledger",
    "reconciliation",
    "reports",
    "config",
]

MIDDLEWARE = [
    "organizations.wire.guarding.HeadersMiddleware",
    "organizations.wire.request_id.RequestIdMiddleware",
    "organizations.requests.watching.SecurityLogMiddleware",
    "organizations.wire.trailing_slash.TrailingSlashMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "organizations.requests.origins.CrossOriginMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.readiness.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organizations.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 60 * 60
# Whether everybody who logs in must have a second factor; who has none is sent to make one before anything else.
REQUIRE_TOTP = env.flag("REQUIRE_TOTP", default=not LOCAL)
OTP_TOTP_ISSUER = "Crane Ledger"

# Who guesses passwords is locked out: an address and the e-mail it tries, together, whether or not somebody has it.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = env.integer("LOGIN_FAILURES", default=5, least=1, most=1000)
AXES_COOLOFF_TIME = datetime.timedelta(minutes=env.integer("LOGIN_LOCKOUT_MINUTES", default=15, least=1, most=10_080))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "organizations.requests.addresses.client_address"
AXES_USERNAME_CALLABLE = "organizations.logins.lockouts.tried_email"
AXES_LOCKOUT_CALLABLE = "organizations.logins.lockouts.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or a guesser could keep somebody out for ever
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "new_password1", "new_password2"]  # and "password"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

# --- PostgreSQL -------------------------------------------------------------------------------------------------------
# `default` is the application: a role that owns nothing and bends to row security. `owner` migrates and nothing else.

DATABASE_URL = env.url("DATABASE_URL", env.POSTGRESQL, default=_RECORDED.get("database_url", env.REQUIRED))
DATABASE_OWNER_URL = env.url("DATABASE_OWNER_URL", env.POSTGRESQL, default=_RECORDED.get("owner_url", DATABASE_URL))
DATABASE_POOL = env.integer("DATABASE_POOL", default=8, most=200)
PGBOUNCER = env.flag("DATABASE_BEHIND_PGBOUNCER", default=False)

LOCK_TIMEOUT = env.integer("DATABASE_LOCK_TIMEOUT", default=2, least=1, most=14)  # seconds, then 409 `busy`
STATEMENT_TIMEOUT = env.integer("DATABASE_STATEMENT_TIMEOUT", default=30, least=15, most=3600)  # gunicorn: 15
DATABASE_LIMITS = links.limits(lock_seconds=LOCK_TIMEOUT, statement_seconds=STATEMENT_TIMEOUT)
_LINK = {"pgbouncer": PGBOUNCER, "pool": DATABASE_POOL, "limits": DATABASE_LIMITS}

# Reports, exports and PDFs are read here where it has replayed what the primary had when they were asked for.
REPORTS_DATABASE_URL = env.optional_url("REPORTS_DATABASE_URL", env.POSTGRESQL)
REPORTS_WAIT_MS = env.integer("REPORTS_WAIT_MS", default=200, most=5000)

DATABASES = {"default": links.application(DATABASE_URL, **_LINK), "owner": env.database(DATABASE_OWNER_URL)}
if REPORTS_DATABASE_URL:
    DATABASES["reports"] = links.replica(REPORTS_DATABASE_URL, **_LINK)
DATABASE_ROUTERS = ["config.routing.OwnerMigrates"]

# --- Redis or Valkey --------------------------------------------------------------------------------------------------

REDIS_URL = env.url("REDIS_URL", env.REDIS, default=_RECORDED.get("redis_url", env.REQUIRED))
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Background work --------------------------------------------------------------------------------------------------
# A task may be delivered twice: each is safe to run twice. Nothing waits in the broker for long; what is due is a row.

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,  # above the second for which a worker waits at the queue
    "socket_keepalive": True,
    "health_check_interval": 5,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}  # a request waits; the row is there anyway
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 30 * 60  # below the visibility timeout, or a slow task would be delivered again
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- The API ----------------------------------------------------------------------------------------------------------

RATE_LIMIT_LIVE = env.integer("RATE_LIMIT_LIVE", default=1000)  # requests per key and minute
RATE_LIMIT_TEST = env.integer("RATE_LIMIT_TEST", default=100)
RATE_LIMIT_LIVE_ORGANIZATION = env.integer("RATE_LIMIT_LIVE_ORGANIZATION", default=5 * RATE_LIMIT_LIVE)  # all its keys
RATE_LIMIT_TEST_ORGANIZATION = env.integer("RATE_LIMIT_TEST_ORGANIZATION", default=5 * RATE_LIMIT_TEST)
RATE_LIMIT_FAILED = env.integer("RATE_LIMIT_FAILED", default=60)  # keys that are no good, by address and minute
# Reports and the like: how many of an organization at a time, how long one may take, how long one waits to begin.
HEAVY_AT_ONCE = env.integer("HEAVY_AT_ONCE", default=max(1, (os.cpu_count() or 2) // 2), least=1, most=100)
HEAVY_SECONDS = env.integer("HEAVY_SECONDS", default=60, least=1, most=3600)
HEAVY_PATIENCE = env.integer("HEAVY_PATIENCE", default=3, most=60)
HEAVY_THREADS = env.integer("HEAVY_THREADS", default=1, least=1)  # of a web process, at work
HEAVY_PLACES = max(1, env.integer("WEB_THREADS", default=8) // 2)  # of a web process, at work or waiting
# Who may read /metrics beside a superuser; without it nobody else.
METRICS_TOKEN = env.text("METRICS_TOKEN", default=None)
if METRICS_TOKEN is not None and len(METRICS_TOKEN) < 16:
    raise env.EnvironmentProblem("METRICS_TOKEN must be at least 16 random characters; it opens /metrics.")
TRACES_ENDPOINT = env.optional_url("OTEL_EXPORTER_OTLP_ENDPOINT", env.WEB)
if TRACES_ENDPOINT is not None:
    extras.need("OTEL_EXPORTER_OTLP_ENDPOINT", "otel", "opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
SIGNUP_OPEN = env.flag("SIGNUP_OPEN", default=LOCAL)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["organizations.wire.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["organizations.wire.parsing.JSONParser"],
    "EXCEPTION_HANDLER": "organizations.wire.refusing.handle",
    "DEFAULT_SCHEMA_CLASS": "organizations.wire.schema.LedgerSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "organizations.wire.rendering.Negotiation",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Crane Ledger",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "",
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["organizations.wire.schema.finish"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Files on transactions --------------------------------------------------------------------------------------------

STATEMENT_MAX_BYTES = env.integer("STATEMENT_MAX_BYTES", default=32 * 1024 * 1024, least=1, most=2**28)
JOB_RESULTS_KEPT_DAYS = env.integer("JOB_RESULTS_KEPT_DAYS", default=90, least=1, most=36_500)
DELETION_AFTER_DAYS = env.integer("DELETION_AFTER_DAYS", default=30, least=1, most=3_650)
ATTACHMENT_MAX_BYTES = env.integer("ATTACHMENT_MAX_BYTES", default=10 * 1024 * 1024, least=1, most=2**30)
if ATTACHMENT_MAX_BYTES > DATA_UPLOAD_MAX_MEMORY_SIZE:
    raise env.EnvironmentProblem("ATTACHMENT_MAX_BYTES must not exceed MAX_REQUEST_BYTES: no such file would arrive.")
_ATTACHMENTS = attachments.storage(
    Path(env.text("ATTACHMENTS_ROOT", default=str(LOCAL_DIR / "attachments"))),
    bucket=env.text("ATTACHMENTS_S3_BUCKET", default=None),
    endpoint=env.text("ATTACHMENTS_S3_ENDPOINT", default=None),
    region=env.text("ATTACHMENTS_S3_REGION", default=None),
)
# --- Backups ----------------------------------------------------------------------------------------------------------

BACKUP_DIRECTORY = env.text("BACKUP_DIRECTORY", default=None)  # a backup each night; nothing: none by themselves
BACKUP_KEEP = env.integer("BACKUP_KEEP", default=14, least=1, most=3660)

# --- What is used -----------------------------------------------------------------------------------------------------

#: Where processes of this machine count requests until they are in the database, and how often they are brought in.
USAGE_SPOOL = env.text("USAGE_SPOOL", default=str(LOCAL_DIR / "usage"))
USAGE_COLLECT_SECONDS = env.integer("USAGE_COLLECT_SECONDS", default=2, least=0, most=3600)  # 0: not by themselves
#: What one call costs in credits, a cent of a dollar each, by the operation's name in the reference; ``*`` is the rest.
#: To see what was used and to buy is free.
CREDIT_PRICES = {
    "*": 1,
    "idempotent_replay": 0,
    **dict.fromkeys(["usage_retrieve", "usage_invoices_retrieve", "billing_retrieve"], 0),
    **dict.fromkeys(["billing_organization_retrieve", "credits_list", "credits_pool_retrieve"], 0),
    **dict.fromkeys(["credits_pool_update", "credits_purchases_list"], 0),
    **dict.fromkeys(["credits_purchases_create", "credits_purchases_retrieve"], 0),
}
#: Whether who pays must have the credits, where their own switch says nothing: without, a call is refused by 402.
CREDITS_ENFORCED = env.flag("CREDITS_ENFORCED", default=False)
CREDIT_PACKAGES = {"1000": (1_000, 1_000), "5000": (5_000, 5_000), "25000": (25_000, 25_000)}  # credits, cents
CREDITS_OF_TEST_MODE = env.integer("CREDITS_OF_TEST_MODE", default=10_000)  # what a test organization begins with
# The account of Stripe at which credits are sold; without it they are granted by `manage.py grant_credits` alone.
CREDITS_STRIPE_SECRET_KEY = env.text("CREDITS_STRIPE_SECRET_KEY", default=None)
CREDITS_STRIPE_WEBHOOK_SECRET = env.text("CREDITS_STRIPE_WEBHOOK_SECRET", default=None)

# --- What leaves the house --------------------------------------------------------------------------------------------

ANCHOR_DIRECTORY = env.text("ANCHOR_DIRECTORY", default=None)  # one file of checkpoints for each organization
OUTGOING_ALLOWED_HOSTS = env.words("OUTGOING_ALLOWED_HOSTS", default=[])  # may be private, may be plain HTTP
ECB_RATES_URL = env.optional_url("ECB_RATES_URL", env.WEB)  # the ECB's daily reference file in XML; nothing: off

# Letters. At a desk they become files under `.local/mail`; in production they wait until there is a mail server.
globals().update(
    mail.mail_settings(env.text("EMAIL_URL", default="file:" if LOCAL else None), folder=LOCAL_DIR / "mail")
)
MAIL_FROM = DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", default="no-reply@localhost.localdomain")
if "@" not in MAIL_FROM.strip("@") or not MAIL_FROM.isprintable() or set(MAIL_FROM) & set("<>, "):
    raise env.EnvironmentProblem("MAIL_FROM must be one e-mail address without a name, such as books@example.com.")

# --- Static files and the back office ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", default=str(LOCAL_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": _ATTACHMENTS,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644},  # nobody's secrets: an image is made by root and run by another
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# The back office is organizations/backoffice/; its menu is made from what each admin says of itself.
UNFOLD = {
    "SITE_TITLE": "Crane Ledger",
    "SITE_HEADER": "Crane Ledger",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("organizations/mark.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "STYLES": [lambda request: static("organizations/backoffice.css")],
    "SCRIPTS": [lambda request: static("organizations/backoffice.js")],
    "SIDEBAR": {"show_search": True},
    "ACCOUNT": {
        "navigation": [
            {"title": "Change your password", "link": lambda request: reverse("admin:password_change")},
            {"title": "Your second factor", "link": lambda request: reverse("admin:second_factor")},
        ]
    },
    "COLORS": {
        "primary": {
            "50": "oklch(97.2% .015 245)",
            "100": "oklch(94% .03 245)",
            "200": "oklch(88.5% .06 245)",
            "300": "oklch(80% .1 246)",
            "400": "oklch(70% .14 248)",
            "500": "oklch(61% .16 251)",
            "600": "oklch(52% .16 254)",
            "700": "oklch(46% .15 256)",
            "800": "oklch(40% .13 257)",
            "900": "oklch(35% .11 258)",
            "950": "oklch(26% .08 260)",
        }
    },
}

# --- Logs -------------------------------------------------------------------------------------------------------------

LOGGING = logging_settings()
