"""Every address of the project, read from its resolver."""

from django.urls import URLPattern, get_resolver, reverse

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


def not_led_to(page, client, *methods):
    """Return the (method, path) of every address that leads neither to `page` nor, below /api/, to a refusal in JSON.

    `page` itself, sign-in and sign-out are left out.
    """
    open_ = {page, reverse("accounts:sign-in"), reverse("accounts:sign-out")}
    answers = {(method, path): getattr(client, method)(path) for path in set(every_path()) - open_ for method in methods}
    return {key for key, answer in answers.items() if not _leads_to(page, key[1], answer)}


def _leads_to(page, path, answer):
    if path.startswith("/api/"):
        return (answer.status_code, answer["Content-Type"]) == (403, "application/json")
    return (answer.status_code, answer.headers.get("Location")) == (302, page)
