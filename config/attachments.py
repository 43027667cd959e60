"""Where the files of attachments are kept: a folder of this machine, or a bucket that speaks S3."""

import importlib.util
from pathlib import Path

from config import env


def storage(folder: Path, *, bucket: str | None, endpoint: str | None, region: str | None) -> dict:
    """Django's settings of the storage. A bucket needs the extra `s3`; without it the start fails and says so.

    Credentials are found as every AWS client finds them (`AWS_ACCESS_KEY_ID`, a role of the machine).
    """
    if bucket is None:
        options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    missing = [name for name in ("storages", "boto3") if importlib.util.find_spec(name) is None]
    if missing:
        raise env.EnvironmentProblem(
            f"ATTACHMENTS_S3_BUCKET is set, but {' and '.join(missing)} cannot be imported: install crane-ledger[s3]."
        )
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": region,
        "default_acl": None,  # the bucket's own rules; nothing is public
        "file_overwrite": True,  # names are random: asking first whether one is taken would only cost a call
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
