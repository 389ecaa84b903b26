"""AWS: session, API, records, statuses, ids, and errors from botocore."""
