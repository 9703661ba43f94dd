"""Every address of the project, read from its resolver."""

from django.urls import URLPattern, get_resolver

SAMPLES = {"int": 1, "slug": "enterprises", "str": "x", "uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "path": "x"}


def every_path(patterns=None, prefix="/"):
    """Yield the path of every URL of the project, its arguments made up."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            path = path.replace(f"<{kind}:{name}>", str(SAMPLES[kind])).replace(f"<{name}>", "x")
        if isinstance(pattern, URLPattern):
            yield path
        else:
            yield from every_path(pattern.url_patterns, path)
