def asks_for_json(request):
    """Say whether a script, not a person, sent this request: it says so, or it talks to the API."""
    return request.headers.get("Accept", "").startswith("application/json") or request.path.startswith("/api/")
