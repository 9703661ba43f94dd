"""One settings file, driven by the environment. docs/deploy.md lists every variable."""

import datetime as dt
import secrets
import shlex
from pathlib import Path

import dj_database_url
import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
PRODUCTION = env.str("JINYUN_ENV", "embedded") == "production"
DEBUG = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def embedded_secret():
    """Return the secret of an embedded installation, made once and kept beside its database."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY is not set; production does not start without it.")
    SECRET_KEY = embedded_secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
JOURNAL_KEY = env.str("JOURNAL_KEY", "") or SECRET_KEY  # set it before SECRET_KEY is ever rotated: old entries are sealed with it
# Seal what must be read again (apps.core.cipher): the first one seals, all of them open. `manage.py reseal` after a new first one.
FIELD_KEYS = env.list("FIELD_KEYS", default=[]) or [JOURNAL_KEY]
JOURNAL_KEEP_DAYS = env.int("JOURNAL_KEEP_DAYS", 1095)  # `journal_archive` copies what is older; nothing is ever removed

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_filters",
    "simple_history",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "apps.core",
    "apps.journal",
    "apps.jobs",
    "apps.ledger",
    "apps.backup",
    "apps.exchange",
    "apps.platforms",
    "apps.accounts",
    "apps.enterprises",
    "apps.plan",
    "apps.grading",
    "apps.land",
    "apps.chains",
    "apps.assessments",
    "apps.workbench",
    "apps.sample",
]

MIDDLEWARE = [
    "apps.core.middleware.ScopeGuard",
    "apps.accounts.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.headers.PrivateAnswers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.accounts.middleware.ActingPost",
    "apps.accounts.middleware.SessionLimits",
    "apps.journal.middleware.RefusedRequests",
    "apps.accounts.middleware.SignInSteps",
    "apps.accounts.middleware.Pace",
    "apps.ledger.middleware.RefusedAnswer",
    "axes.middleware.AxesMiddleware",
    "apps.core.middleware.FormMethods",
]

ROOT_URLCONF = "jinyun.urls"
WSGI_APPLICATION = "jinyun.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.workbench.context.frame",
            ],
            "builtins": ["apps.ledger.templatetags.ledger"],
        },
    }
]
FORM_RENDERER = "apps.core.controls.Renderer"  # how the controls of every form look

# --- Database: SQLite embedded, PostgreSQL in production -------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'jinyun.sqlite3'}"))}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["CONN_HEALTH_CHECKS"] = True
    LIMITS = "-c statement_timeout=30s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
    GIVEN = DATABASE.get("OPTIONS", {})  # what the URL says after the question mark: ?sslmode=verify-full
    DATABASE["OPTIONS"] = {**GIVEN, "options": f"{LIMITS} {GIVEN.get('options', '')}".strip()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "apps.accounts.backends.OfficeBackend"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "workbench:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
SESSION_IDLE = dt.timedelta(minutes=30)
SESSION_ABSOLUTE = dt.timedelta(hours=12)
SESSION_PLACES = env.int("SESSION_PLACES", 3)  # parallel sessions of one person; one more ends the oldest
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PROXY_COUNT = env.int("PROXY_COUNT", 0)  # trusted reverse proxies in front; their X-Forwarded-For entries are believed
PASSWORD_PROFILE = env.str("PASSWORD_PROFILE", "dengbao", choices=("dengbao", "asvs"))  # apps.accounts.rules.PROFILES
ONE_TIME_PASSWORD_LIFE = dt.timedelta(days=env.int("ONE_TIME_PASSWORD_DAYS", 7))
PASSWORD_LIST = env.str("PASSWORD_LIST", "")  # file of leaked passwords, one a line; default: Django's list
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.accounts.validators.FitsProfile"},
    {"NAME": "apps.accounts.validators.NotCommon", "OPTIONS": {"password_list_path": PASSWORD_LIST} if PASSWORD_LIST else {}},
    {"NAME": "apps.accounts.validators.NotUsedBefore"},
]
UNUSED_AFTER = dt.timedelta(days=env.int("UNUSED_AFTER_DAYS", 90))  # an account without sign-in or post that long is closed
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["system_admin", "security_admin", "audit_admin", "approver"])
OFFICE_HOURS = tuple(int(hour) for hour in env.str("OFFICE_HOURS", "7-21").split("-"))  # from, to; sign-ins of administrators outside alarm
ALARM_REFUSALS = env.int("ALARM_REFUSALS", 30)  # of one person or address within ten minutes
ALARM_CODES = env.int("ALARM_CODES", 5)  # wrong codes after a right password, of one person within ten minutes
ALARM_EXPORT_ROWS = env.int("ALARM_EXPORT_ROWS", 20_000)  # of one person a day
OTP_TOTP_ISSUER = "缙云工业"  # short: the longer the name, the finer the QR code
PROOF_LIFE = dt.timedelta(minutes=10)  # so long after a password was typed delicate pages do not ask for it again
PROOF_PAGE = "accounts:prove"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody keeps a colleague locked out by trying on
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_DISABLE_ACCESS_LOG = True  # sign-ins stand in the journal
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "old_password", "new_password1", "new_password2", "code"]  # never written down
AXES_HANDLER = "apps.accounts.throttle.OfficeHandler"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
NAME_FAILURE_LIMIT = 30  # failures of one name from all addresses together ...
NAME_FAILURE_TIME = dt.timedelta(hours=1)  # ... within this time; then only addresses it was used from before are let on
ADDRESS_FAILURE_LIMIT = 100  # failures of all names from one address in that time; then only names used from there before are let on
PACE = {  # requests of one person by page
    "workbench:search": "60/m",
    "ledger:lookup": "300/m",
    "exchange:export": "20/m",
    "exchange:file": "60/m",
    "exchange:template": "20/m",
    "exchange:marked": "20/m",
    "exchange:upload": "20/m",
}

# --- The REST API ----------------------------------------------------------------------------------------------
API_RATE = env.str("API_RATE", "300/min")  # requests of one person
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.authentication.ByToken", "apps.accounts.authentication.BySession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.ledger.api.throttling.PerPerson"],
    "DEFAULT_PARSER_CLASSES": ["apps.ledger.api.parsing.JSONBody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "apps.ledger.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "缙云县生态工业管理系统接口",
    "VERSION": "1",
    "COMPONENT_SPLIT_REQUEST": True,  # a reference is written as a number and read as an object
    "POSTPROCESSING_HOOKS": [],  # choices stay at their field, with their Chinese labels
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "访问令牌，在“个人设置”的“访问令牌”中建立"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "网页登录；写入时另需 X-CSRFToken"},
        }
    },
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it walks the generic addresses; tests/ledger/test_api_schema.py checks the spelt-out ones
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}
KNOX_TOKEN_MODEL = "accounts.AccessToken"
TOKENS_PER_PERSON = 10
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "jy_"}
MIGRATION_MODULES = {"knox": None}  # its own table is not used

# --- Time, language, numbers -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
OFFICE_TODAY = env.str("OFFICE_TODAY", "") and dt.date.fromisoformat(env.str("OFFICE_TODAY"))

# --- Static files and the content security policy --------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
NODE = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", NODE / "bootstrap/dist"),
    ("vendor/echarts", NODE / "echarts/dist"),
]
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "apps.core.disk.OfficeStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EXPORT_ROWS_AT_ONCE = env.int("EXPORT_ROWS_AT_ONCE", 5_000)  # an export of more rows is made by a job and kept for its requester
EXPORT_LIFE = dt.timedelta(days=env.int("EXPORT_DAYS", 7))  # so long such a file is kept
MIN_FREE = env.int("MIN_FREE_MB", 2048 if PRODUCTION else 64) * 1024**2  # with less left on their volume uploads are refused
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # a larger request's files go to the volume of the uploads, never to the temporary one
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "apps.core.uploads.ToTheVolume"]
IMPORT_AT_ONCE = env.int("IMPORT_AT_ONCE_KB", 64) * 1024  # a workbook of at most so many bytes is judged while its sender waits
IMPORT_KEPT = dt.timedelta(days=env.int("IMPORT_KEPT_DAYS", 30))  # so long uploaded workbooks and their staged rows are kept
UPLOAD_SCANNER = shlex.split(env.str("UPLOAD_SCANNER", ""))  # command that reads a file from standard input; 0: clean, 1: infected
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# --- Jobs: rows in the database; Celery and Redis only ring the bell -------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:  # what PACE, API_RATE and the like count, all processes count together; else each for itself, in Django's default
    CACHES = {
        "default": {
            "BACKEND": "apps.core.shared_cache.SharedCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "jinyun-counts",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
JOB_LEASE = dt.timedelta(seconds=env.int("JOB_LEASE_SECONDS", 60))
JOB_SWEEP = dt.timedelta(seconds=env.int("JOB_SWEEP_SECONDS", 30))
JOB_DEAF = dt.timedelta(seconds=env.int("JOB_DEAF_SECONDS", 120))
CELERY_BROKER_URL = REDIS_URL or "memory://"  # without Redis nothing is ever sent; Celery's own default would be looked for
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 2}  # nobody waits for a bell
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # but a worker waits for ever
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # with acks_late a message older than the visibility timeout runs twice
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_MAX_LOOP_INTERVAL = 5  # after a step of the clock beat is silent for one interval at most
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {"jobs.sweep": {"task": "jobs.sweep", "schedule": JOB_SWEEP, "options": {"expires": JOB_SWEEP.total_seconds()}}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"incident": {"()": "apps.core.failures.NamesIncident"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["incident"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
}

DJANGO_TABLES2_TEMPLATE = "ledger/table.html"
