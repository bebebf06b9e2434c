"""The policy pack: rules that a stack on DynamoDB must keep, checked by Pulumi before anything is changed.

Rules are importable (`policy.rules`); the pack itself is only in `policy/__main__.py`, because making it starts a server.
"""
