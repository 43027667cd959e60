"""The least that a Django project with DRF and django-hordak can be: no sessions, no users, no keys."""

import os

from config import env

SECRET_KEY = "only-for-the-floors-of-a-benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "rest_framework", "hordak"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # for Content-Length
ROOT_URLCONF = "tests.benchmarks.floors.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
CURRENCIES = ["USD"]
DEFAULT_CURRENCY = HORDAK_INTERNAL_CURRENCY = "USD"
DATABASES = {"default": env.database(os.environ["DATABASE_URL"])}
if pool := int(os.environ.get("DATABASE_POOL", "0")):  # as the product has it
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}
