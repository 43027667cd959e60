"""What the posting endpoint is measured against: two bare views in a Django project of their own.

Never imported by the product. Both run under the product's gunicorn settings, on the same PostgreSQL.
"""
