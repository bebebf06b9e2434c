"""What a stack and others agree on by name: written by the components, read by the functions that they deploy and by the policy pack."""

TABLE_NAME = "TABLE_NAME"
"""Variable of a function's environment: the table's name, which is known after deployment only."""
SCHEMA_FINGERPRINT = "SCHEMA_FINGERPRINT"
"""Variable of a function's environment: `Table.fingerprint` of what was deployed, so that a function of other code refuses to start."""
DISPOSABLE_TAG = "singletable:disposable"
"""Tag of a table that may be lost: its value is "true". The policy pack does not believe it in production."""
