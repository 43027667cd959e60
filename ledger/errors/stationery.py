"""Refusals of stationery."""

from organizations.errors import Invalid


class LogoTooLarge(Invalid):
    """The file of a logo is larger than a letterhead needs."""

    status = 413
    code = "logo_too_large"
    message = "The logo is too large"


class LogoRefused(Invalid):
    """The file is no PNG or JPEG that can be drawn, or has too many pixels."""

    status = 415
    code = "logo_refused"
    message = "This file cannot be a logo"
