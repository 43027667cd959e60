"""Where the files of attachments are kept: a folder of this machine, or a bucket that speaks S3."""

from pathlib import Path

from config import extras


def storage(folder: Path, *, bucket: str | None, endpoint: str | None, region: str | None) -> dict:
    """Django's settings of the storage. A bucket needs the extra `s3`; without it the start fails and says so.

    Credentials are found as every AWS client finds them (`AWS_ACCESS_KEY_ID`, a role of the machine).
    """
    if bucket is None:
        options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    extras.need("ATTACHMENTS_S3_BUCKET", "s3", "storages", "boto3")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": region,
        "default_acl": None,  # the bucket's own rules; nothing is public
        "file_overwrite": True,  # names are random: asking first whether one is taken would only cost a call
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
