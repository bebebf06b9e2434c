"""The components for programs in any language: `pulumi package add`, and a typed SDK. docs/any-language.md.

Arguments are plain data, in `shapes`; `conversion` makes of them what the Python components take. Nothing here decides anything.
"""
